import { ELEMENT_TYPES, formatType, type Value } from "@tideline/graph";
import { illegalOption, positiveInteger, wholeNumber } from "../check-option.ts";
import { normal, type Initialiser } from "../initialiser.ts";
import type { Layer, NetScope } from "../net.ts";
import { defineLayer, layerTitle } from "./define-layer.ts";

/** What {@link embedding} takes. */
export interface EmbeddingOptions {
  /** Ids are 0 up to this, exclusive. */
  readonly entries: number;
  /** Numbers that stand for an id. */
  readonly size: number;
  /** An id that stands for nothing: it becomes zeros and is not trained. Default none. */
  readonly padding?: number;
  /** An id whose numbers begin as zeros, and stay so where no row has it that is trained with. Default none. */
  readonly blank?: number;
  /** Deviation of the numbers in the beginning. Default `1 / sqrt(size)`. */
  readonly deviation?: number;
}

/** 1 where an id is not the padding, 0 where it is; float32 of the shape of `ids`. */
export function paddingMask(scope: NetScope, ids: Value, padding: number): Value {
  const { g } = scope;
  const real = g.op("Not", [g.op("Equal", [ids, g.scalar(padding, "int64")])]);
  return g.op("Cast", [real], { to: ELEMENT_TYPES.float32.code });
}

/**
 * Trained numbers for each id: int64 [batch, ...] becomes float32 [batch, ..., size]. Name
 * `entries` at the net's input too, and training refuses other ids. In a graph that is run, an id of `entries` or more
 * is an error of the runtime, but a negative one counts from the end, as ONNX's Gather has it.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; when applied to something else than int64.
 * @example
 * const words = embedding({ entries: 8000, size: 64, padding: 0 });
 */
export function embedding(options: EmbeddingOptions): Layer {
  const { entries, size, padding, blank } = options;
  const who = "embedding layer";
  positiveInteger(who, "entries", entries);
  positiveInteger(who, "size", size);
  const drawn = normal(options.deviation ?? 1 / Math.sqrt(size));
  for (const [name, id] of Object.entries({ padding, blank }))
    if (id !== undefined && wholeNumber(who, name, id) >= entries)
      throw illegalOption(who, name, `an id below ${entries}`, String(id));
  const initial: Initialiser = (random, dims) => {
    const values = drawn(random, dims);
    return blank === undefined ? values : values.fill(0, blank * size, (blank + 1) * size);
  };
  return defineLayer("embedding", (scope, ids) => {
    const { g } = scope;
    if (ids.elementType !== "int64" || ids.dims.length === 0)
      throw illegalOption(layerTitle("embedding", scope), "input", "int64[batch, ...]", formatType(ids));
    const table = scope.parameter("weight", [entries, size], initial);
    const found = g.op("Gather", [table, ids], { axis: 0 });
    if (padding === undefined) return found;
    const mask = g.op("Unsqueeze", [paddingMask(scope, ids, padding), g.ints([ids.dims.length])]);
    return g.op("Mul", [found, mask]);
  });
}
