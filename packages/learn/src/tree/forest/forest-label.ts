import { tidelineError, type TidelineError } from "@tideline/spec";
import { checkTrainingRows } from "../../classifier.ts";
import { matrix, type Indices } from "../../matrix.ts";
import { classWeightedRows } from "../../net/train/class-weight.ts";
import { described } from "../bin/numeric-value.ts";
import { rowNumbers } from "../bin/row-number.ts";
import type { NumericArray } from "../tree-table.ts";
import type { ForestClassWeights } from "./forest-option.ts";
import type { ForestSource } from "./forest-source.ts";

/** Weights of rows. */
export interface RowWeights {
  /** [N], positive or zero. Default 1 for each row. */
  readonly sampleWeight?: Float64Array | Float32Array | readonly number[];
}

/** Classes that go with rows. */
export interface ForestLabels extends RowWeights {
  /** [N], positions in `classes`. */
  readonly y: Indices;
  /** Names of the classes, in the order of the model's outputs. */
  readonly classes: readonly string[];
}

/** Numbers that go with rows. */
export interface ForestTargets extends RowWeights {
  /** [N], finite, at most 1e150 in size. */
  readonly y: NumericArray | readonly number[];
}

/** What a tree learns, without the rows that it learns it from. */
export interface ForestTarget extends Omit<ForestSource, "table" | "byRow"> {
  /** Weights of rows as they were given, without those of classes. */
  readonly given: Float64Array | undefined;
}

/** Numbers whose squares are finite, weights whose powers are neither infinite nor 0. */
const MOST_TARGET = 1e150;
const MOST_WEIGHT = 1e50;
const LEAST_WEIGHT = 1e-50;

function wrong(who: string, field: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
}

/** Weights as float64, which nothing writes to. */
function givenWeights(who: string, { sampleWeight }: RowWeights, rows: number): Float64Array | undefined {
  if (sampleWeight === undefined) return undefined;
  const given = rowNumbers(who, "sampleWeight", "weights", sampleWeight, rows);
  const weight = given instanceof Float64Array ? given : Float64Array.from(given);
  const bad = weight.findIndex((value) => !(value >= 0 && value <= MOST_WEIGHT));
  if (bad >= 0)
    throw wrong(who, `sampleWeight[${bad}]`, `a weight of 0 to ${MOST_WEIGHT}`, String(weight[bad]));
  if (!weight.some((value) => value > 0)) throw wrong(who, "sampleWeight", "a positive sum", "0");
  return weight;
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
 * @throws ARGUMENT_INVALID for labels or weights that do not fit; DATA_MALFORMED for what is no number; NOT_ENOUGH_DATA without
 *   rows or with one class.
 */
export function classTarget(
  who: string,
  rows: number,
  labels: ForestLabels,
  classWeights: ForestClassWeights | undefined,
): ForestTarget {
  const { classes } = labels;
  if (!Array.isArray(classes) || !classes.every((name) => typeof name === "string"))
    throw wrong(who, "classes", "a list of names", described(classes));
  const y = rowNumbers(who, "y", "labels", labels.y, rows) as Indices;
  checkTrainingRows(who, { y, classes, X: matrix(rows, 0, new Float32Array(0)) });
  const given = givenWeights(who, labels, rows);
  const all = classWeightedRows(who, y, classes.length, given, classWeights);
  const [weight, centre, scale] = [weightOf(who, all), 0, 1];
  if (classes.length > 2)
    return {
      classes: classes.length,
      target: Int32Array.from(y),
      centre,
      scale,
      gainScale: 1,
      weight,
      given,
    };
  return { classes: 0, target: Float64Array.from(y), centre, scale, gainScale: 2, weight, given };
}

/**
 * Numbers as trees learn them: centred, and divided by a power of two.
 *
 * @throws ARGUMENT_INVALID for lengths or weights that do not fit; NOT_ENOUGH_DATA without rows; DATA_MALFORMED for a target
 *   that is not finite, or above 1e150 in size.
 */
export function numberTarget(who: string, rows: number, targets: ForestTargets): ForestTarget {
  if (rows === 0)
    throw tidelineError("NOT_ENOUGH_DATA", { who, expected: "at least one row", received: "0 rows" });
  const y = rowNumbers(who, "y", "targets", targets.y, rows);
  const given = givenWeights(who, targets, rows);
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
  return { classes: 0, target, centre, scale, gainScale: scale * scale, weight: weightOf(who, given), given };
}
