import { tidelineError } from "@tideline/spec";
import { checkTrainingRows } from "../../../classifier.ts";
import { matrix } from "../../../matrix.ts";
import { classWeightedRows, type ClassWeights } from "../../../net/train/class-weight.ts";
import { freeMemory } from "../../bin/free-memory.ts";
import { described, isNumericArray } from "../../bin/numeric-value.ts";
import { rowNumbers } from "../../bin/row-number.ts";
import type { BoostTarget, BoostTask } from "../objective/objective.ts";
import type { BoostLabels, GradedRows, NumberedRows } from "./label-row.ts";

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
  if (task === "classification")
    return classTarget(who, labels as BoostLabels<"classification">, rows, classWeights);
  const { y, sampleWeight } = labels as NumberedRows | GradedRows;
  const held = asDoubles(rowNumbers(who, "y", "numbers", y, rows));
  return Object.freeze({
    rows,
    y: held,
    ownLabels: (held as unknown) !== y,
    weight: givenWeights(who, sampleWeight, rows),
    classes: 0,
    groups: task === "ranking" ? groupStarts(who, (labels as GradedRows).groupSizes, rows) : undefined,
  });
}

/** Numbers as float64. Nothing writes to them, and of many rows a copy is dear. */
function asDoubles(given: ArrayLike<number>): Float64Array {
  return given instanceof Float64Array ? given : new Float64Array(given);
}

function classTarget(
  who: string,
  labels: BoostLabels<"classification">,
  rows: number,
  classWeights: ClassWeights | undefined,
): BoostTarget {
  const { y, classes, sampleWeight } = labels;
  if (!Array.isArray(classes)) throw wrong(who, "classes", "a list of names", typeof classes);
  if (!isNumericArray(y) && !Array.isArray(y)) throw wrong(who, "y", `${rows} labels`, described(y));
  const given = givenWeights(who, sampleWeight, rows);
  // The rows themselves are a table's, which may have missing values.
  const own = given === undefined ? {} : { sampleWeight: given };
  const { weight } = checkTrainingRows(who, { y, classes, ...own, X: matrix(rows, 0, new Float32Array(0)) });
  if (weight !== given) freeMemory(weight.buffer);
  return Object.freeze({
    rows,
    y: new Float64Array(y),
    ownLabels: true,
    weight: classWeightedRows(who, y, classes.length, given, classWeights),
    classes: classes.length,
    groups: undefined,
  });
}

function givenWeights(
  who: string,
  given: BoostLabels<BoostTask>["sampleWeight"],
  rows: number,
): Float64Array | undefined {
  if (given === undefined) return undefined;
  const weight = asDoubles(rowNumbers(who, "sampleWeight", "weights", given, rows));
  const bad = weight.findIndex((value) => !(value >= 0 && value < Infinity));
  if (bad >= 0) throw wrong(who, `sampleWeight[${bad}]`, "a finite weight of at least 0", weight[bad]);
  if (!weight.some((value) => value > 0)) throw wrong(who, "sampleWeight", "a positive sum", 0);
  return weight;
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
