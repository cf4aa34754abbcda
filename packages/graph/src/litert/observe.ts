import { tidelineError } from "@tideline/spec";
import { interpret } from "../interpret.ts";
import { checkModel } from "../check.ts";
import type { OnnxModel } from "../onnx.ts";
import { countSizes, emptySizes, entropyRange } from "../compress/calibrate/entropy.ts";
import { withZero, type Range } from "../compress/calibrate/range.ts";
import { inBatches, type Feeds } from "./calibration-batch.ts";

/** How the range of a value is found: all that was seen, or the part whose rounding keeps most of what it says. */
export type CalibrationMethod = "range" | "entropy";

/** What a value was on some rows: the range that it is to have, and the mean of its squares. */
export interface Seen extends Range {
  readonly square: number;
}

/** Inner values of so many numbers are looked at together: 64 MB. */
const AT_ONCE = 2 ** 23;

/** What was seen of a value so far. */
interface Sum {
  low: number;
  high: number;
  squares: number;
  count: number;
  readonly values: Float64Array[];
}

type Sums = Map<string, Sum>;

/** Adds what a graph gives for some rows to what was seen; how many numbers that were. */
function look(watched: OnnxModel, feeds: Feeds, keep: boolean, sums: Sums): number {
  let count = 0;
  for (const [name, { values }] of Object.entries(interpret(watched, feeds))) {
    const one = sums.get(name) ?? { low: 0, high: 0, squares: 0, count: 0, values: [] };
    sums.set(name, one);
    count += values.length;
    for (let at = 0; at < values.length; at++) {
      const value = values[at]!;
      if (!Number.isFinite(value)) continue;
      if (value < one.low) one.low = value;
      if (value > one.high) one.high = value;
      one.squares += value * value;
      one.count += 1;
    }
    if (keep) one.values.push(Float64Array.from(values));
  }
  return count;
}

/** Whether as good as the same was seen: kernels may add in another order. */
function agree(some: Sums, others: Sums): boolean {
  return [...some].every(([name, one]) => {
    const other = others.get(name)!;
    const near = 1e-9 * Math.max(one.high, -one.low);
    const ends = Math.max(Math.abs(one.low - other.low), Math.abs(one.high - other.high));
    const squares = Math.abs(one.squares * other.count - other.squares * one.count);
    return ends <= near && squares <= 1e-9 * one.squares * other.count;
  });
}

/** Whether two rows together are to a graph what they are one by one; not, where it is written for one or mixes them. */
function mayJoin(watched: OnnxModel, rows: readonly Feeds[]): boolean {
  const [pair, ...more] = inBatches(watched, rows, rows.length) as readonly [Feeds];
  if (more.length > 0) return false;
  const [together, apart]: readonly [Sums, Sums] = [new Map(), new Map()];
  try {
    look(watched, pair, false, together);
  } catch {
    // What is wrong with the rows themselves they say one by one.
    return false;
  }
  for (const row of rows) look(watched, row, false, apart);
  return agree(together, apart);
}

/**
 * What every float32 value of a graph was on some rows. Numbers that are not finite say nothing.
 *
 * @throws ARGUMENT_INVALID where no row has a number that says something.
 */
export function observedRanges(
  model: OnnxModel,
  rows: readonly Feeds[],
  method: CalibrationMethod,
): ReadonlyMap<string, Seen> {
  const types = checkModel(model);
  const constants = new Set(model.graph.initializers.map(({ name }) => name));
  const names = [...types].flatMap(([name, { elementType }]) =>
    elementType === "float32" && !constants.has(name) ? [name] : [],
  );
  const outputs = names.map((name) => ({ name, ...types.get(name)! }));
  const watched: OnnxModel = { ...model, graph: { ...model.graph, outputs } };
  const keep = method === "entropy";
  const sums: Sums = new Map();
  const [first, ...others] = rows as readonly [Feeds, ...Feeds[]];
  const most = Math.floor(AT_ONCE / Math.max(1, look(watched, first, keep, sums)));
  const joins = most > 1 && others.length > 2 && mayJoin(watched, rows.slice(0, 2));
  for (const feeds of joins ? inBatches(model, others, most) : others) look(watched, feeds, keep, sums);
  if (names.length > 0 && [...sums.values()].every(({ count }) => count === 0))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "writeLitert",
      field: "calibration.rows",
      expected: "rows that tell the ranges of values",
      received: "numbers that are not finite",
    });
  // Of what was never a finite number there is no range.
  const told = [...sums].filter(([, { count }]) => count > 0);
  const found = told.map(([name, { low, high, squares, count, values }]) => {
    const square = squares / count;
    const range = withZero(low, high);
    if (!keep) return [name, { ...range, square }] as const;
    const sizes = emptySizes(range);
    for (const list of values) countSizes(sizes, list);
    return [name, { ...entropyRange(sizes), square }] as const;
  });
  return new Map(found);
}
