import { tidelineError } from "@tideline/spec";
import type { Indices, Matrix } from "./matrix.ts";
import { isSparse, type SparseMatrix } from "./sparse-matrix.ts";

/** Labelled rows. */
export interface TrainingRows {
  /** [N, F] */
  readonly X: Matrix;
  /** [N], positions in `classes`. */
  readonly y: Indices;
  /** Names of the classes, in the order of the model's outputs. */
  readonly classes: readonly string[];
  /** [N], positive or zero. Default 1 for each row. */
  readonly sampleWeight?: Float64Array;
}

/** A fitted model that gives each class a probability. */
export interface Classifier {
  readonly kind: string;
  readonly classes: readonly string[];
  /** Columns that it expects. */
  readonly features: number;
  /** [N, K], float64; each row sums to 1. Errors: ARGUMENT_INVALID when the width of `X` differs. */
  predictProbabilities(X: Matrix): Matrix;
  /** [N], positions in `classes`; the first of equals. */
  predict(X: Matrix): Int32Array;
}

/** A configuration that can be fitted. `fit` changes nothing it is given. */
export interface Estimator<Model extends Classifier = Classifier> {
  fit(rows: TrainingRows): Model;
}

/** The position of the largest entry of each row; the first of equals. */
export function predictClasses(probabilities: Matrix): Int32Array {
  const { rows, columns, values } = probabilities;
  const out = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    let best = 0;
    for (let k = 1; k < columns; k++) {
      if (values[i * columns + k]! > values[i * columns + best]!) best = k;
    }
    out[i] = best;
  }
  return out;
}

/**
 * Checks the rows that an estimator is given.
 *
 * @returns the weight of each row and their sum.
 * @throws ARGUMENT_INVALID for lengths that differ, a label outside the classes or an illegal weight;
 *   NOT_ENOUGH_DATA without rows or with fewer than two classes; DATA_MALFORMED when a value is not finite.
 */
export function checkTrainingRows(
  who: string,
  rows: Omit<TrainingRows, "X"> & { readonly X: Matrix | SparseMatrix },
): { weight: Float64Array; total: number } {
  const { X, y, classes } = rows;
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (X.rows === 0 || classes.length < 2) {
    throw tidelineError("NOT_ENOUGH_DATA", {
      who,
      expected: "at least one row and two classes",
      received: `${X.rows} rows, ${classes.length} classes`,
    });
  }
  if (y.length !== X.rows) throw wrong("y", `${X.rows} labels, one for each row of X`, String(y.length));
  for (let i = 0; i < y.length; i++) {
    const label = y[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes.length) {
      throw wrong(`y[${i}]`, `an integer in 0..${classes.length - 1}`, String(label));
    }
  }
  const at = X.values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw tidelineError("DATA_MALFORMED", {
      who,
      field: isSparse(X)
        ? `X, row ${X.indptr.findLastIndex((start) => start <= at)}, column ${X.indices[at]}`
        : `X, row ${Math.floor(at / X.columns)}, column ${at % X.columns}`,
      expected: "a finite number",
      received: String(X.values[at]),
      remedy: "Impute or drop the row first.",
    });
  }
  const weight = rows.sampleWeight ?? new Float64Array(X.rows).fill(1);
  if (weight.length !== X.rows) throw wrong("sampleWeight", `${X.rows} weights`, String(weight.length));
  let total = 0;
  for (let i = 0; i < weight.length; i++) {
    if (!(weight[i]! >= 0 && weight[i]! < Infinity)) {
      throw wrong(`sampleWeight[${i}]`, "a finite weight of at least 0", String(weight[i]));
    }
    total += weight[i]!;
  }
  if (total === 0) throw wrong("sampleWeight", "a positive sum", "0");
  return { weight, total };
}

/** @throws ARGUMENT_INVALID when `X` is not as wide as the model. */
export function checkWidth(who: string, X: { readonly columns: number }, features: number): void {
  if (X.columns === features) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "X",
    expected: `${features} columns`,
    received: String(X.columns),
  });
}
