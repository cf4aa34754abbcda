import { tidelineError } from "@tideline/spec";
import { checkTrainingRows, type TrainingRows } from "../../../classifier.ts";
import { matrix } from "../../../matrix.ts";
import { rowWeights, type ClassWeights } from "../../../net/train/class-weight.ts";
import type { Targets } from "../../../net/estimator/net-regressor.ts";
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
 *   weights that do not fit. Labels are the objective's to check.
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
  if (typeof y !== "object" || y.length !== rows)
    throw wrong(who, "y", `${rows} numbers, one for each row`, y?.length ?? typeof y);
  if (sampleWeight !== undefined) checkWeights(who, sampleWeight, rows);
  return Object.freeze({
    rows,
    // Nothing writes to labels, and of many rows a copy is dear.
    y: y instanceof Float64Array ? y : Float64Array.from(y),
    weight: sampleWeight,
    classes: 0,
    groups: task === "ranking" ? groupStarts(who, (labels as GradedRows).groupSizes, rows) : undefined,
  });
}

function classTarget(
  who: string,
  labels: TrainingRows,
  rows: number,
  classWeights: ClassWeights | undefined,
): BoostTarget {
  const { y, classes, sampleWeight } = labels;
  if (!Array.isArray(classes)) throw wrong(who, "classes", "a list of names", typeof classes);
  // The rows themselves are a table's, which may have missing values.
  checkTrainingRows(who, { ...labels, X: matrix(rows, 0, new Float32Array(0)) });
  return Object.freeze({
    rows,
    y: Float64Array.from(y),
    weight: classWeights === undefined ? sampleWeight : weighted(who, labels, classWeights),
    classes: classes.length,
    groups: undefined,
  });
}

function weighted(
  who: string,
  { y, classes, sampleWeight }: TrainingRows,
  classWeights: ClassWeights,
): Float64Array {
  if (classWeights !== "balanced") {
    if (classWeights.length !== classes.length)
      throw wrong(who, "classWeights", `${classes.length} weights, one for each class`, classWeights.length);
    if (
      !Array.prototype.some.call(
        y,
        (label: number, row) => classWeights[label]! * (sampleWeight?.[row] ?? 1) > 0,
      )
    )
      throw wrong(who, "classWeights", "a class with rows and a weight above 0", "none");
  }
  const target = { dims: [], values: Int32Array.from(y) };
  return Float64Array.from(rowWeights(target, y.length, sampleWeight, classWeights));
}

function checkWeights(who: string, weight: Float64Array, rows: number): void {
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
    throw wrong(who, "offset", `a Float64Array of ${length}`, (offset as { length?: unknown }).length);
  const bad = offset.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw wrong(who, `offset[${bad}]`, "a finite number", offset[bad]);
}

/** Where rows start: at the base of the model, and at what goes with the rows. [rows * outputs] */
export function startingScores(
  offset: Float64Array | undefined,
  base: Float64Array,
  rows: number,
): Float64Array {
  const outputs = base.length;
  const scores = new Float64Array(rows * outputs);
  for (let at = 0; at < scores.length; at++) scores[at] = (offset?.[at] ?? 0) + base[at % outputs]!;
  return scores;
}
