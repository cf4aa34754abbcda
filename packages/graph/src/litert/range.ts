import { tidelineError } from "@tideline/spec";
import type { Feed } from "../interpret.ts";
import { interpret } from "../interpret.ts";
import { checkModel } from "../check.ts";
import type { OnnxModel } from "../onnx.ts";
import { countSizes, emptySizes, entropyRange } from "../compress/calibrate/entropy.ts";
import { withZero, type Range } from "../compress/calibrate/range.ts";
import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";

/** How the range of a value is found: all that was seen, or the part whose rounding keeps most of what it says. */
export type CalibrationMethod = "range" | "entropy";

/**
 * What every float32 value of a graph was on some rows. Numbers that are not finite say nothing.
 *
 * @throws ARGUMENT_INVALID where no row has a number that says something.
 */
export function observedRanges(
  model: OnnxModel,
  rows: readonly Readonly<Record<string, Feed>>[],
  method: CalibrationMethod,
): ReadonlyMap<string, Range> {
  const types = checkModel(model);
  const constants = new Set(model.graph.initializers.map(({ name }) => name));
  const names = [...types].flatMap(([name, { elementType }]) =>
    elementType === "float32" && !constants.has(name) ? [name] : [],
  );
  const outputs = names.map((name) => ({ name, ...types.get(name)! }));
  const watched: OnnxModel = { ...model, graph: { ...model.graph, outputs } };
  const seen = new Map<string, { low: number; high: number; readonly values: Float64Array[] }>();
  let told = 0;
  for (const row of rows)
    for (const [name, { values }] of Object.entries(interpret(watched, row))) {
      const finite = values.filter(Number.isFinite);
      told += finite.length;
      const one = seen.get(name) ?? { low: 0, high: 0, values: [] };
      for (const value of finite) {
        one.low = Math.min(one.low, value);
        one.high = Math.max(one.high, value);
      }
      if (method === "entropy") one.values.push(finite);
      seen.set(name, one);
    }
  if (names.length > 0 && told === 0)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "writeLitert",
      field: "calibration.rows",
      expected: "rows that tell the ranges of values",
      received: "numbers that are not finite",
    });
  const found = [...seen].map(([name, { low, high, values }]) => {
    const range = withZero(low, high);
    if (method === "range") return [name, range] as const;
    const sizes = emptySizes(range);
    for (const list of values) countSizes(sizes, list);
    return [name, entropyRange(sizes)] as const;
  });
  return new Map(found);
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
  observed: ReadonlyMap<string, Range>,
): ReadonlyMap<LiteTensor, Range> {
  const ranges = new Map<LiteTensor, Range>();
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
