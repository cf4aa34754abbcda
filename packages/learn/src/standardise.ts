import { tidelineError } from "@tideline/spec";
import type { Matrix } from "./matrix.ts";
import { matrix, zerosLike } from "./matrix.ts";
import { deviationScale } from "./transform/statistics/constant.ts";

/** A fitted standardiser: `(x - mean) / scale` for each column. */
export interface Standardiser {
  readonly kind: "standardiser";
  /** [F] */
  readonly mean: Float64Array;
  /** [F], positive. */
  readonly scale: Float64Array;
  /** The standardised rows, in the storage type of `X`. Errors: ARGUMENT_INVALID when the width differs. */
  transform(X: Matrix): Matrix;
}

/** What {@link standardise} takes. */
export interface StandardiseOptions {
  /** Subtract the mean. Default true. */
  readonly withMean?: boolean;
  /** Divide by the standard deviation. Default true. */
  readonly withStd?: boolean;
}

/**
 * Centres and scales each column: mean and population standard deviation (division by N), as scikit-learn's
 * StandardScaler. A column that is constant up to rounding has scale 1.
 *
 * @throws NOT_ENOUGH_DATA without rows; DATA_MALFORMED when a value is not finite.
 * @example
 * const fitted = standardise({}).fit(X);
 * const scaled = fitted.transform(X);
 */
export function standardise(options: StandardiseOptions): { fit(X: Matrix): Standardiser } {
  const { withMean = true, withStd = true } = options;
  return Object.freeze({
    fit(X: Matrix) {
      const { mean, variance } = moments(X);
      const scale = variance.map((value, j) => (withStd ? deviationScale(value, mean[j]!, X.rows) : 1));
      return standardiser(withMean ? mean : new Float64Array(X.columns), scale);
    },
  });
}

/** A standardiser from its numbers, for one that was stored. */
export function standardiser(mean: Float64Array, scale: Float64Array): Standardiser {
  return Object.freeze({
    kind: "standardiser",
    mean,
    scale,
    transform: (X: Matrix) => transform(X, mean, scale),
  });
}

/** Two passes: the variance is summed around the mean, plus the correction for the mean's own rounding. */
function moments(X: Matrix): { mean: Float64Array; variance: Float64Array } {
  const { rows, columns, values } = X;
  if (rows === 0) {
    throw tidelineError("NOT_ENOUGH_DATA", {
      who: "standardise",
      field: "X",
      expected: "at least one row",
      received: "none",
    });
  }
  const mean = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++) mean[j]! += values[at++]!;
  for (let j = 0; j < columns; j++) {
    mean[j]! /= rows;
    if (!Number.isFinite(mean[j])) {
      throw tidelineError("DATA_MALFORMED", {
        who: "standardise",
        field: `column ${j}`,
        expected: "finite numbers",
        received: "NaN or an infinity",
        remedy: "Impute or drop the rows first.",
      });
    }
  }
  const variance = new Float64Array(columns);
  const residue = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const off = values[at++]! - mean[j]!;
      variance[j]! += off * off;
      residue[j]! += off;
    }
  }
  for (let j = 0; j < columns; j++) variance[j] = (variance[j]! - residue[j]! ** 2 / rows) / rows;
  return { mean, variance };
}

function transform(X: Matrix, mean: Float64Array, scale: Float64Array): Matrix {
  const { rows, columns, values } = X;
  if (columns !== mean.length) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "standardiser.transform",
      field: "X",
      expected: `${mean.length} columns`,
      received: String(columns),
    });
  }
  const out = zerosLike(values, values.length);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) out[at] = (values[at]! - mean[j]!) / scale[j]!;
  }
  return matrix(rows, columns, out);
}
