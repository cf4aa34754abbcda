import { tidelineError, type TidelineError } from "@tideline/spec";
import { checkTrainingRows, type TrainingRows } from "../../classifier.ts";
import { matrix } from "../../matrix.ts";
import type { ForestClassWeights } from "./forest-option.ts";
import type { ForestSource } from "./forest-source.ts";

/** Classes that go with rows. */
export type ForestLabels = Pick<TrainingRows, "y" | "classes" | "sampleWeight">;

/** Numbers that go with rows. */
export interface ForestTargets {
  /** [N], finite, at most 1e150 in size. */
  readonly y: Float64Array | Float32Array | readonly number[];
  /** [N], positive or zero. Default 1 for each row. */
  readonly sampleWeight?: Float64Array;
}

/** What a tree learns, without the rows that it learns it from. */
export type ForestTarget = Omit<ForestSource, "table" | "byRow">;

/** Numbers whose squares are finite, weights whose powers are neither infinite nor 0. */
const MOST_TARGET = 1e150;
const MOST_WEIGHT = 1e50;
const LEAST_WEIGHT = 1e-50;

function wrong(who: string, field: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
}

function checkWeights(who: string, given: Float64Array | undefined, rows: number): void {
  if (given === undefined) return;
  if (given.length !== rows) throw wrong(who, "sampleWeight", `${rows} weights`, String(given.length));
  const bad = given.findIndex((value) => !(value >= 0 && value <= MOST_WEIGHT));
  if (bad >= 0)
    throw wrong(who, `sampleWeight[${bad}]`, `a weight of 0 to ${MOST_WEIGHT}`, String(given[bad]));
  if (!given.some((value) => value > 0)) throw wrong(who, "sampleWeight", "a positive sum", "0");
}

/** Undefined where all rows weigh 1. @throws ARGUMENT_INVALID for a weight, times that of its class, that is too small. */
function weightOf(who: string, given: Float64Array | undefined): Float64Array | undefined {
  if (given === undefined || given.every((value) => value === 1)) return undefined;
  const bad = given.findIndex((value) => value !== 0 && !(value >= LEAST_WEIGHT && value <= MOST_WEIGHT));
  if (bad < 0) return given;
  throw wrong(
    who,
    `weight of row ${bad}`,
    `0, or ${LEAST_WEIGHT} to ${MOST_WEIGHT}, that of its class included`,
    String(given[bad]),
  );
}

/**
 * Labels as trees learn them: two classes are 0 and 1.
 *
 * @throws ARGUMENT_INVALID for labels or weights that do not fit; NOT_ENOUGH_DATA without rows or with one class.
 */
export function classTarget(
  who: string,
  rows: number,
  labels: ForestLabels,
  classWeights: ForestClassWeights | undefined,
): ForestTarget {
  checkTrainingRows(who, { ...labels, X: matrix(rows, 0, new Float32Array(0)) });
  const { y, classes, sampleWeight } = labels;
  checkWeights(who, sampleWeight, rows);
  const weight = weightOf(who, classWeighted(who, labels, classWeights));
  if (classes.length > 2)
    return { classes: classes.length, target: Int32Array.from(y), centre: 0, scale: 1, gainScale: 1, weight };
  return { classes: 0, target: Float64Array.from(y), centre: 0, scale: 1, gainScale: 2, weight };
}

/** "balanced" gives class k the weight `sum / (K * sum of k)`, K the classes that occur, as scikit-learn does. */
function classWeighted(
  who: string,
  { y, classes, sampleWeight }: ForestLabels,
  given: ForestClassWeights | undefined,
): Float64Array | undefined {
  if (given === undefined) return sampleWeight;
  const K = classes.length;
  if (given !== "balanced" && given.length !== K)
    throw wrong(who, "classWeights", `${K} weights, one for each class`, String(given.length));
  const weight = sampleWeight === undefined ? new Float64Array(y.length).fill(1) : sampleWeight.slice();
  const sums = new Float64Array(K);
  for (let row = 0; row < y.length; row++) sums[y[row]!]! += weight[row]!;
  const occurring = sums.filter((sum) => sum > 0).length;
  const total = sums.reduce((sum, part) => sum + part, 0);
  const factors = given === "balanced" ? sums.map((sum) => total / (occurring * sum)) : given;
  for (let row = 0; row < y.length; row++) if (weight[row]! > 0) weight[row]! *= factors[y[row]!]!;
  if (!weight.some((value) => value > 0))
    throw wrong(who, "classWeights", "a class with rows and a weight above 0", "none");
  return weight;
}

/**
 * Numbers as trees learn them: centred, and divided by a power of two.
 *
 * @throws ARGUMENT_INVALID for lengths or weights that do not fit; NOT_ENOUGH_DATA without rows; DATA_MALFORMED for a target
 *   that is not finite, or above 1e150 in size.
 */
export function numberTarget(who: string, rows: number, { y, sampleWeight }: ForestTargets): ForestTarget {
  if (rows === 0)
    throw tidelineError("NOT_ENOUGH_DATA", { who, expected: "at least one row", received: "0 rows" });
  if (y.length !== rows) throw wrong(who, "y", `${rows} targets, one for each row`, String(y.length));
  checkWeights(who, sampleWeight, rows);
  let centre = 0;
  for (let row = 0; row < rows; row++) {
    const value = y[row]!;
    if (!(Math.abs(value) <= MOST_TARGET))
      throw tidelineError("DATA_MALFORMED", {
        who,
        field: `y[${row}]`,
        expected: `a number of at most ${MOST_TARGET} in size`,
        received: String(value),
      });
    centre += value / rows;
  }
  let most = 0;
  for (let row = 0; row < rows; row++) most = Math.max(most, Math.abs(y[row]! - centre));
  const scale = most > 0 ? 2 ** Math.min(1000, Math.ceil(Math.log2(most))) : 1;
  const target = new Float64Array(rows);
  for (let row = 0; row < rows; row++) target[row] = (y[row]! - centre) / scale;
  return { classes: 0, target, centre, scale, gainScale: scale * scale, weight: weightOf(who, sampleWeight) };
}
