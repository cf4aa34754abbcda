import { tidelineError } from "@tideline/spec";
import type { Indices } from "../../matrix.ts";
import { illegalOption, positiveInteger } from "../check-option.ts";
import type { NetEncoder } from "./net-classifier.ts";

/** The form of rows of ids. */
export interface IdShape {
  /** Ids in a row. */
  readonly length: number;
  /** Ids are 0 up to this, exclusive; 0 fills a row up and stands for nothing. At least 2. */
  readonly entries: number;
}

/** Rows of ids: events, products, tokens that somebody has numbered. */
export interface IdRows {
  /** [N * length], row after row; 0 fills up. */
  readonly ids: Indices;
}

/** @throws DEFINITION_ILLEGAL for an option out of range. */
export function checkIdShape(who: string, { length, entries }: IdShape): void {
  positiveInteger(who, "input.ids.length", length);
  if (positiveInteger(who, "input.ids.entries", entries) < 2)
    throw illegalOption(who, "input.ids.entries", "an integer of at least 2, as 0 stands for nothing", "1");
}

/** Rows of ids as tensors. */
export function idEncoder({ length, entries }: IdShape): NetEncoder<IdRows> {
  return {
    count: ({ ids }) => Math.ceil(ids.length / length),
    check(who, { ids }) {
      const wrong = (field: string, expected: string, received: string) =>
        tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
      if (ids.length % length !== 0) throw wrong("ids", `rows of ${length} ids`, `${ids.length} ids`);
      for (const [at, id] of ids.entries()) {
        if (Number.isInteger(id) && id >= 0 && id < entries) continue;
        const place = `ids, row ${Math.floor(at / length)}, column ${at % length}`;
        throw wrong(place, `an integer in 0..${entries - 1}`, String(id));
      }
    },
    inputs: ({ ids }, start, count) => ({
      x: { dims: [length], values: Int32Array.from(ids.slice(start * length, (start + count) * length)) },
    }),
  };
}
