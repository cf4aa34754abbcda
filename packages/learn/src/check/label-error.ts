import { tidelineError } from "@tideline/spec";
import { checkOptions, FORMS, namedForm } from "../net/estimator/option-form.ts";
import type { Labels } from "../transform/transform-def.ts";
import {
  calibrated,
  confidentCounts,
  confidentThresholds,
  likeliest,
  type Probabilities,
} from "./confident-joint.ts";
import { labelQuality, type LabelScore } from "./label-quality.ts";
import { pruneByClass, pruneByNoiseRate } from "./prune-label.ts";

/** How {@link labelErrors} decides and ranks. */
export interface LabelErrorOptions {
  /**
   * Which rows are likely errors: by the estimated number of each pair of classes (`pruneByNoiseRate`, the default), of each
   * given class (`pruneByClass`), what both say, all that confident counting puts off the diagonal (`confidentLearning`), as
   * many of the lowest quality (`rank`), or all that are predicted otherwise (`predictedNotGiven`): the most, and the
   * most of all.
   */
  readonly filterBy?:
    | "pruneByNoiseRate"
    | "pruneByClass"
    | "both"
    | "confidentLearning"
    | "rank"
    | "predictedNotGiven";
  /** By what quality they are ranked, the worst first. Default `"normalizedMargin"`. */
  readonly rankBy?: LabelScore;
  /** Rows that are named at most, the worst ones: as many as somebody can look at. Default: all that the filter says. */
  readonly most?: number;
  /** Rows that a class keeps at least. Default 1. */
  readonly minExamplesPerClass?: number;
}

/** Labels of one class that are estimated to belong to another. */
export interface LabelErrorPair {
  readonly given: string;
  readonly likely: string;
  /** Rows, by the calibrated joint. */
  readonly estimated: number;
  /** Rows among the likely errors. */
  readonly found: number;
}

/** Which labels look wrong. */
export interface LabelErrorReport {
  readonly classes: readonly string[];
  /** Likely errors, the worst first. */
  readonly rows: Int32Array;
  /** For each of `rows` the place of the class that the model prefers. */
  readonly likely: Int32Array;
  /** [N], how sound each label looks: 0 to 1. */
  readonly quality: Float64Array;
  /** [K], the probability from which the model is confident of a class; Infinity for one without rows. */
  readonly thresholds: Float64Array;
  /** [K, K], estimated rows of a given class (first axis) that belong to another (second); it sums to N. */
  readonly joint: Float64Array;
  /** The estimated share of labels that are wrong. */
  readonly noise: number;
  /** Pairs of classes with errors, estimated or found; the most first. */
  readonly pairs: readonly LabelErrorPair[];
}

const WHO = "labelErrors";

/** A given class this near the most probable one is no error. */
const NEAR = 1e-6;

const FORMS_OF_OPTIONS = {
  filterBy: namedForm(
    "pruneByNoiseRate",
    "pruneByClass",
    "both",
    "confidentLearning",
    "rank",
    "predictedNotGiven",
  ),
  rankBy: namedForm("normalizedMargin", "selfConfidence"),
  most: FORMS.count,
  minExamplesPerClass: FORMS.count,
};

/**
 * Finds labels that are likely wrong by confident learning: rows for which a model, fitted without them, is confident of
 * another class than the given one. It knows neither which labels are wrong nor how many; both are estimated.
 *
 * C. G. Northcutt, L. Jiang, I. L. Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 70, 2021.
 * Same rules as cleanlab's `find_label_issues`.
 *
 * @param labels classes of the rows.
 * @param probabilities [N, K], of models that did not see the rows: out of fold, else nothing is found.
 * @throws ARGUMENT_INVALID for probabilities of another shape, outside of 0 to 1 or not summing to 1, and fewer than two
 *   classes; NOT_ENOUGH_DATA without rows; DEFINITION_ILLEGAL for options that there are not.
 * @example
 * const { rows, likely, quality } = labelErrors(labels, outOfFold);
 * for (const [at, row] of rows.entries()) console.log(row, labels.classes[likely[at]], quality[row]);
 */
export function labelErrors(
  labels: Extract<Labels, { readonly kind: "classes" }>,
  probabilities: Probabilities,
  options: LabelErrorOptions = {},
): LabelErrorReport {
  checkOptions(WHO, FORMS_OF_OPTIONS, [], options);
  const { filterBy = "pruneByNoiseRate", rankBy = "normalizedMargin", most = Infinity } = options;
  const { minExamplesPerClass = 1 } = options;
  const { y, classes } = labels;
  const count = classes.length;
  checkRows(y, probabilities, count);
  const thresholds = confidentThresholds(y, probabilities, count);
  const { joint: counts, guess } = confidentCounts(y, probabilities, thresholds);
  const joint = calibrated(counts, y, count);
  const input = { y, probabilities, classes: count, joint, minExamplesPerClass };
  const [byRate, byClass] = [
    filterBy === "pruneByNoiseRate" || filterBy === "both" ? pruneByNoiseRate(input) : undefined,
    filterBy === "pruneByClass" || filterBy === "both" ? pruneByClass(input) : undefined,
  ];
  const isOff = (row: number): boolean => guess[row]! >= 0 && guess[row] !== y[row];
  const isOther = (row: number): boolean =>
    likeliest(probabilities, row * count, count, y[row]!, NEAR) !== y[row];
  const wrong = (row: number): boolean => {
    if (filterBy === "predictedNotGiven" || filterBy === "rank") return true;
    if (filterBy === "confidentLearning") return isOff(row);
    return byRate?.[row] !== 0 && byClass?.[row] !== 0;
  };
  const quality = labelQuality(y, probabilities, count, rankBy);
  const all = Int32Array.from(y, (_, row) => row);
  const confident = filterBy === "rank" ? all.filter((row) => isOff(row) && isOther(row)).length : Infinity;
  const rows = all
    .filter((row) => wrong(row) && isOther(row))
    .sort((a, b) => quality[a]! - quality[b]! || a - b)
    .slice(0, Math.min(most, confident));
  const likely = rows.map((row) => likeliest(probabilities, row * count, count));
  let right = 0;
  for (let at = 0; at < count; at++) right += joint[at * count + at]!;
  return Object.freeze({
    classes,
    rows,
    likely,
    quality,
    thresholds,
    joint,
    noise: 1 - right / y.length,
    pairs: pairsOf(
      classes,
      joint,
      Int32Array.from(rows, (row) => y[row]!),
      likely,
    ),
  });
}

function pairsOf(
  classes: readonly string[],
  joint: Float64Array,
  given: Int32Array,
  likely: Int32Array,
): readonly LabelErrorPair[] {
  const count = classes.length;
  const found = new Int32Array(joint.length);
  for (const [at, from] of given.entries()) found[from * count + likely[at]!]!++;
  const pairs = classes.flatMap((from, a) =>
    classes.flatMap((to, b) => {
      const [estimated, own] = [joint[a * count + b]!, found[a * count + b]!];
      return a === b || estimated + own === 0 ? [] : [{ given: from, likely: to, estimated, found: own }];
    }),
  );
  return Object.freeze(pairs.sort((a, b) => b.estimated - a.estimated || b.found - a.found));
}

function checkRows(y: Int32Array, probabilities: Probabilities, classes: number): void {
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who: WHO, field, expected, received });
  if (classes < 2) throw wrong("labels", "at least two classes", String(classes));
  if (y.length === 0)
    throw tidelineError("NOT_ENOUGH_DATA", { who: WHO, field: "labels", expected: "rows", received: "none" });
  if (probabilities.length !== y.length * classes)
    throw wrong("probabilities", `${y.length} rows of ${classes}`, `${probabilities.length} numbers`);
  for (let row = 0; row < y.length; row++) {
    if (!(y[row]! >= 0 && y[row]! < classes))
      throw wrong(`labels[${row}]`, `a place among ${classes} classes`, String(y[row]));
    let sum = 0;
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      const value = probabilities[at]!;
      if (!(value >= 0 && value <= 1 + TOLERANCE))
        throw wrong(`probabilities of row ${row}`, "numbers from 0 to 1", String(value));
      sum += value;
    }
    if (Math.abs(sum - 1) > TOLERANCE) throw wrong(`probabilities of row ${row}`, "a sum of 1", String(sum));
  }
}

/** Probabilities of float32 sum to 1 within this for thousands of classes. */
const TOLERANCE = 1e-3;
