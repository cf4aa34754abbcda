import { isTidelineError } from "@tideline/spec";
import { ELEMENT_TYPES } from "../element-type.ts";
import { interpret, type Feed } from "../interpret.ts";
import { elementCount, type Dim, type OnnxModel } from "../onnx.ts";

/** Draws at most, and numbers beyond which fewer do: many numbers of one draw say as much as a few of many. */
const [PROBES, PROBE_NUMBERS] = [8, 8192];

/** The length that a probe gives to the first name of a dimension; each further name gets one more. */
const NAMED_LENGTH = 2;

/** The length of a dimension: names have lengths of their own, and `"4*N"` is a product. */
function lengthOf(dim: Dim, known: Map<string, number>): number {
  if (typeof dim === "number") return dim;
  return dim.split("*").reduce((product, factor) => {
    if (/^\d+$/.test(factor)) return product * Number(factor);
    if (!known.has(factor)) known.set(factor, NAMED_LENGTH + known.size);
    return product * known.get(factor)!;
  }, 1);
}

/** A stream of numbers in [0, 1): mulberry32 by T. Ettinger (public domain), enough to spread probes. */
function uniformStream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Seeded inputs for a model: standard normal numbers, integers from 0 to a largest one, names of lengths at 2, 3, ... */
function drawn({ graph }: OnnxModel, largest: 0 | 1): readonly Readonly<Record<string, Feed>>[] {
  const uniform = uniformStream(1);
  const normal = (): number =>
    Math.fround(Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
  const given = new Set(graph.initializers.map(({ name }) => name));
  const fed = graph.inputs.filter(({ name }) => !given.has(name));
  const known = new Map<string, number>();
  const numbers = fed.reduce(
    (sum, { dims }) => sum + elementCount(dims.map((dim) => lengthOf(dim, known))),
    0,
  );
  const count = Math.max(1, Math.min(PROBES, Math.ceil(PROBE_NUMBERS / Math.max(1, numbers))));
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      fed.map(({ name, elementType, dims }) => {
        const lengths = dims.map((dim) => lengthOf(dim, known));
        const draw =
          ELEMENT_TYPES[elementType].kind === "float" ? normal : () => largest * Math.round(uniform());
        return [name, { dims: lengths, values: Float64Array.from({ length: elementCount(lengths) }, draw) }];
      }),
    ),
  );
}

/**
 * Inputs for a model on which it can run: standard normal numbers, integers 0 and 1 (0 alone where 1 is out of range, as
 * an index into one row), names of lengths at 2, 3, ...
 */
export function probesOf(model: OnnxModel): readonly Readonly<Record<string, Feed>>[] {
  const probes = drawn(model, 1);
  const whole = model.graph.inputs.some(({ elementType }) => ELEMENT_TYPES[elementType].kind !== "float");
  if (!whole) return probes;
  try {
    for (const probe of probes) interpret(model, probe);
    return probes;
  } catch (error) {
    if (isTidelineError(error, "GRAPH_ILLEGAL")) return drawn(model, 0);
    throw error;
  }
}
