import { bayesianRidge } from "./bayesian-ridge.ts";
import type { IterativeImputerOptions } from "./iterative-option.ts";

/** What rounds over columns learnt. */
export type Rounds = {
  /** [F], what stands in at first. */
  readonly initial: Float64Array;
  /** The columns in the order in which they were modelled, round after round. */
  readonly order: Int32Array;
  /** [order, F + 1]: for each the coefficients of all columns (0 its own) and the intercept. */
  readonly lines: Float64Array;
};

/** @param values [rows, F], NaN where a number is missing; changed. */
export function fitRounds(
  values: Float64Array,
  rows: number,
  initial: Float64Array,
  options: IterativeImputerOptions,
): Rounds {
  const width = initial.length;
  const { maxIter = 10, tol = 1e-3 } = options;
  const missing = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0));
  let largest = 0;
  for (const value of values) if (Math.abs(value) > largest) largest = Math.abs(value);
  fill(values, initial);
  const turn = orderOf(missing, width, rows, options);
  if (width === 1 || rows === 0 || turn.length === 0) return none(initial);
  const [order, lines]: [number[], number[]] = [[], []];
  for (let round = 0; round < maxIter; round++) {
    const before = values.slice();
    for (const lane of turn) {
      const line = modelOf(values, missing, width, lane);
      order.push(lane);
      for (const number of line) lines.push(number);
      predict(values, missing, width, lane, line, 0, options);
    }
    if (furthest(values, before, width) < tol * largest) break;
  }
  return { initial, order: Int32Array.from(order), lines: Float64Array.from(lines) };
}

const none = (initial: Float64Array): Rounds => ({
  initial,
  order: new Int32Array(),
  lines: new Float64Array(),
});

/** Fills rows in by rounds that were learnt. @param values [rows, F]; changed. */
export function runRounds(
  { initial, order, lines }: Rounds,
  options: IterativeImputerOptions,
  values: Float64Array,
  rows: number,
): void {
  const width = initial.length;
  const missing = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0));
  fill(values, initial);
  if (rows === 0) return;
  for (const [step, lane] of order.entries())
    predict(values, missing, width, lane, lines, step * (width + 1), options);
}

function fill(values: Float64Array, initial: Float64Array): void {
  const width = initial.length;
  for (let at = 0; at < values.length; at++) if (Number.isNaN(values[at]!)) values[at] = initial[at % width]!;
}

function orderOf(
  missing: Uint8Array,
  width: number,
  rows: number,
  { imputationOrder, skipComplete }: IterativeImputerOptions,
): readonly number[] {
  const gaps = new Float64Array(width);
  for (let at = 0; at < missing.length; at++) gaps[at % width]! += missing[at]!;
  const lanes = [...gaps.keys()].filter((lane) => skipComplete !== true || gaps[lane]! > 0);
  // Equal shares keep their order, which "descending" turns round with the rest.
  const ascending = lanes.toSorted((a, b) => gaps[a]! / rows - gaps[b]! / rows);
  switch (imputationOrder) {
    case "roman":
      return lanes;
    case "arabic":
      return lanes.toReversed();
    case "descending":
      return ascending.toReversed();
    default:
      return ascending;
  }
}

/** The line of a column by all others, of the rows that have it: [F + 1]. */
function modelOf(values: Float64Array, missing: Uint8Array, width: number, lane: number): Float64Array {
  const known: number[] = [];
  for (let at = 0; at < values.length; at += width) if (missing[at + lane] === 0) known.push(at);
  const X = new Float64Array(known.length * (width - 1));
  const y = new Float64Array(known.length);
  for (const [row, at] of known.entries()) {
    y[row] = values[at + lane]!;
    for (let j = 0, write = row * (width - 1); j < width; j++) if (j !== lane) X[write++] = values[at + j]!;
  }
  const { coefficients, intercept } = bayesianRidge(X, y, width - 1);
  const line = new Float64Array(width + 1);
  for (let j = 0, read = 0; j < width; j++) if (j !== lane) line[j] = coefficients[read++]!;
  line[width] = intercept;
  return line;
}

function predict(
  values: Float64Array,
  missing: Uint8Array,
  width: number,
  lane: number,
  lines: Float64Array,
  from: number,
  { minValue = -Infinity, maxValue = Infinity }: IterativeImputerOptions,
): void {
  for (let at = 0; at < values.length; at += width) {
    if (missing[at + lane] === 0) continue;
    let sum = lines[from + width]!;
    for (let j = 0; j < width; j++) sum += lines[from + j]! * values[at + j]!;
    values[at + lane] = Math.min(maxValue, Math.max(minValue, sum));
  }
}

/** The largest sum of what moved in a row. */
function furthest(values: Float64Array, before: Float64Array, width: number): number {
  let most = 0;
  for (let at = 0; at < values.length; at += width) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += Math.abs(values[at + j]! - before[at + j]!);
    if (sum > most) most = sum;
  }
  return most;
}
