import type { Range } from "../compress/calibrate/range.ts";
import { asymmetricScale } from "../compress/whole-number.ts";
import type { LiteGraph, LiteOperator, LiteQuantisation, LiteTensor } from "./lite-graph.ts";
import type { Seen } from "./observe.ts";
import { LEAST_SCALE } from "./weight.ts";

/** The numbers from -128 to 127 for a range that holds zero, exactly; one too narrow for a scale that kernels take counts as zeros. */
export function asymmetric({ low, high }: Range): LiteQuantisation {
  const told = high - low >= 255 * LEAST_SCALE;
  const { scale, zero } = asymmetricScale(told ? { low, high } : { low: 0, high: 0 }, -128);
  return { scales: [scale], zeroPoints: [zero], axis: 0 };
}

/** Operators whose result is made of the very numbers of their first input. */
export const SAME_NUMBERS: ReadonlySet<LiteOperator["op"]> = new Set<LiteOperator["op"]>([
  "AVERAGE_POOL_2D",
  "MAX_POOL_2D",
  "PAD",
  "REDUCE_MAX",
  "REDUCE_MIN",
  "RESHAPE",
  "SLICE",
  "STRIDED_SLICE",
  "TRANSPOSE",
]);

/** The ranges of a file's tensors: of values of the graph as they were seen, of others by those that they are made of. */
export function tensorRanges(
  { operators }: LiteGraph,
  values: ReadonlyMap<LiteTensor, { readonly name: string }>,
  observed: ReadonlyMap<string, Seen>,
): ReadonlyMap<LiteTensor, Seen> {
  const ranges = new Map<LiteTensor, Seen>();
  for (const [tensor, { name }] of values) {
    const range = observed.get(name);
    if (range !== undefined) ranges.set(tensor, range);
  }
  for (const { op, inputs, outputs } of operators.toReversed()) {
    const [given, result] = [inputs[0], outputs[0]];
    // Only a change of shape says the same backwards: a pool may have left numbers out.
    const whole = op === "RESHAPE" || op === "TRANSPOSE";
    if (whole && !ranges.has(given!) && ranges.has(result!)) ranges.set(given!, ranges.get(result!)!);
  }
  for (const { op, inputs, outputs } of operators) {
    const range = ranges.get(inputs[0]!);
    if (SAME_NUMBERS.has(op) && range !== undefined && !ranges.has(outputs[0]!))
      ranges.set(outputs[0]!, range);
  }
  return ranges;
}
