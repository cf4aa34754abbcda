import { tidelineError } from "@tideline/spec";
import { checkTrainingRows, type TrainingRows } from "../../../classifier.ts";
import { matrix } from "../../../matrix.ts";
import { classWeightedRows, type ClassWeights } from "../../../net/train/class-weight.ts";
import type { Targets } from "../../../net/estimator/net-regressor.ts";
import { freeMemory } from "../../bin/free-memory.ts";
import { described, isNumericArray } from "../../bin/numeric-value.ts";
import type { BoostTarget, BoostTask } from "../objective/objective.ts";
import type { BoostLabels, GradedRows } from "./label-row.ts";

function wrong(who: string, field: string, expected: string, received: unknown): Error {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received: String(received) });
}

/**
 * What an objective knows of labels.
 *
 * @param rows how many rows there are.
 * @throws NOT_ENOUGH_DATA without rows, or with fewer than two classes; ARGUMENT_INVALID for lengths, classes, groups or
 *   weights that do not fit; DATA_MALFORMED for labels that are no numbers. Which numbers is the objective's to check.
 */
export function boostTarget(
  who: string,
  task: BoostTask,
  labels: BoostLabels<BoostTask>,
  rows: number,
  classWeights?: ClassWeights,
): BoostTarget {
  if (rows === 0)
    throw tidelineError("NOT_ENOUGH_DATA", { who, expected: "at least one row", received: "0 rows" });
  if (task === "classification") return classTarget(who, labels as TrainingRows, rows, classWeights);
  const { y, sampleWeight } = labels as Targets | GradedRows;
  const numbers = labelNumbers(who, y, rows);
  if (sampleWeight !== undefined) checkWeights(who, sampleWeight, rows);
  return Object.freeze({
    rows,
    y: numbers,
    weight: sampleWeight,
    classes: 0,
    groups: task === "ranking" ? groupStarts(who, (labels as GradedRows).groupSizes, rows) : undefined,
  });
}

/** Labels as float64. Nothing writes to them, and of many rows a copy is dear. */
function labelNumbers(who: string, y: unknown, rows: number): Float64Array {
  const expected = `${rows} numbers, one for each row`;
  if (!isNumericArray(y) && !Array.isArray(y)) throw wrong(who, "y", expected, described(y));
  if (y.length !== rows) throw wrong(who, "y", expected, y.length);
  if (y instanceof Float64Array) return y;
  const numbers = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const label: unknown = y[row];
    if (typeof label !== "number")
      throw tidelineError("DATA_MALFORMED", {
        who,
        field: `y[${row}]`,
        expected: "a number",
        received: described(label),
        remedy: "Leave out rows without a label; convert others by Number().",
      });
    numbers[row] = label;
  }
  return numbers;
}

function classTarget(
  who: string,
  labels: TrainingRows,
  rows: number,
  classWeights: ClassWeights | undefined,
): BoostTarget {
  const { y, classes, sampleWeight } = labels;
  if (!Array.isArray(classes)) throw wrong(who, "classes", "a list of names", typeof classes);
  if (!isNumericArray(y) && !Array.isArray(y)) throw wrong(who, "y", `${rows} labels`, described(y));
  if (sampleWeight !== undefined) checkWeights(who, sampleWeight, rows);
  // The rows themselves are a table's, which may have missing values.
  const { weight } = checkTrainingRows(who, { ...labels, X: matrix(rows, 0, new Float32Array(0)) });
  if (weight !== sampleWeight) freeMemory(weight.buffer);
  return Object.freeze({
    rows,
    y: new Float64Array(y),
    weight: classWeightedRows(who, y, classes.length, sampleWeight, classWeights),
    classes: classes.length,
    groups: undefined,
  });
}

function checkWeights(who: string, weight: unknown, rows: number): void {
  if (!(weight instanceof Float64Array))
    throw wrong(who, "sampleWeight", `a Float64Array of ${rows}`, described(weight));
  if (weight.length !== rows) throw wrong(who, "sampleWeight", `${rows} weights`, weight.length);
  const bad = weight.findIndex((value) => !(value >= 0 && value < Infinity));
  if (bad >= 0) throw wrong(who, `sampleWeight[${bad}]`, "a finite weight of at least 0", weight[bad]);
  if (!weight.some((value) => value > 0)) throw wrong(who, "sampleWeight", "a positive sum", 0);
}

function groupStarts(who: string, sizes: GradedRows["groupSizes"], rows: number): Int32Array {
  if (typeof sizes !== "object" || sizes === null)
    throw wrong(who, "groupSizes", "how many rows each group has", typeof sizes);
  const starts = new Int32Array(sizes.length + 1);
  for (let group = 0; group < sizes.length; group++) {
    const size = sizes[group]!;
    if (!Number.isSafeInteger(size) || size < 1 || starts[group]! + size > rows)
      throw wrong(
        who,
        `groupSizes[${group}]`,
        `an integer of at least 1, and ${rows} rows in all groups together`,
        size,
      );
    starts[group + 1] = starts[group]! + size;
  }
  if (starts.at(-1) !== rows)
    throw wrong(who, "groupSizes", `a sum of ${rows}, the number of rows`, starts.at(-1));
  return starts;
}

/** @throws ARGUMENT_INVALID for an offset of another length, or one that is no number. */
export function checkOffset(who: string, offset: Float64Array | undefined, length: number): void {
  if (offset === undefined) return;
  if (!(offset instanceof Float64Array) || offset.length !== length)
    throw wrong(
      who,
      "offset",
      `a Float64Array of ${length}`,
      offset instanceof Float64Array ? `one of ${(offset as Float64Array).length}` : described(offset),
    );
  const bad = offset.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw wrong(who, `offset[${bad}]`, "a finite number", offset[bad]);
}

/** Where rows start: at the base of the model, and at what goes with the rows; in memory given. [rows * outputs] */
export function startingScores(
  offset: Float64Array | undefined,
  base: Float64Array,
  rows: number,
  scores: Float64Array = new Float64Array(rows * base.length),
): Float64Array {
  const outputs = base.length;
  for (let at = 0; at < scores.length; at++) scores[at] = (offset?.[at] ?? 0) + base[at % outputs]!;
  return scores;
}
