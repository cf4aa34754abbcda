import { tidelineError } from "@tideline/spec";
import type { Matrix } from "../matrix.ts";

/** Rows with numbers to be predicted. */
export interface TargetRows {
  /** [N, F], finite. */
  readonly X: Matrix;
  /** [N], finite. */
  readonly y: Float64Array | Float32Array | readonly number[];
  /** [N], positive or zero. Default 1 for each row. */
  readonly sampleWeight?: Float64Array;
}

/** Columns around their means, times the roots of the weights: what least squares without an intercept is fitted to. */
export interface CentredRows {
  readonly columns: readonly Float64Array[];
  /** [F], the sum of squares of each column. */
  readonly squares: Float64Array;
  readonly means: Float64Array;
  readonly target: Float64Array;
  readonly targetMean: number;
  /** The sum of the weights. */
  readonly total: number;
}

/**
 * Checks rows and centres them.
 *
 * @throws ARGUMENT_INVALID for lengths that differ or an illegal weight; NOT_ENOUGH_DATA without rows; DATA_MALFORMED for a
 *   value that is not finite.
 */
export function centredRows(who: string, { X, y, sampleWeight }: TargetRows): CentredRows {
  const { rows, columns: width, values } = X;
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (rows === 0)
    throw tidelineError("NOT_ENOUGH_DATA", { who, expected: "at least one row", received: "none" });
  if (y.length !== rows) throw wrong("y", `${rows} numbers, one for each row of X`, String(y.length));
  const weight = sampleWeight ?? new Float64Array(rows).fill(1);
  if (weight.length !== rows) throw wrong("sampleWeight", `${rows} weights`, String(weight.length));
  const bad = weight.findIndex((value) => !(value >= 0 && value < Infinity));
  if (bad >= 0) throw wrong(`sampleWeight[${bad}]`, "a finite weight of at least 0", String(weight[bad]));
  const total = weight.reduce((sum, value) => sum + value, 0);
  if (total === 0) throw wrong("sampleWeight", "a positive sum", "0");
  const roots = sampleWeight === undefined ? undefined : weight.map(Math.sqrt);
  const means = new Float64Array(width);
  const squares = new Float64Array(width);
  const columns = Array.from({ length: width }, (_, j) => {
    const column = new Float64Array(rows);
    for (let i = 0; i < rows; i++) column[i] = values[i * width + j]!;
    means[j] = centre(who, `X, column ${j}`, column, weight, total, roots);
    squares[j] = column.reduce((sum, value) => sum + value * value, 0);
    return column;
  });
  const target = Float64Array.from(y);
  const targetMean = centre(who, "y", target, weight, total, roots);
  return { columns, squares, means, target, targetMean, total };
}

/** Takes the mean from a column, which becomes exactly 0 where it is constant; returns the mean. */
function centre(
  who: string,
  field: string,
  column: Float64Array,
  weight: Float64Array,
  total: number,
  roots: Float64Array | undefined,
): number {
  let mean = 0;
  let same = true;
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    if (!Number.isFinite(value))
      throw tidelineError("DATA_MALFORMED", {
        who,
        field: `${field}, row ${row}`,
        expected: "a finite number",
        received: String(value),
        remedy: "Impute or drop the row first.",
      });
    mean += value * (weight[row]! / total);
    same &&= value === column[0];
  }
  if (same) {
    const only = column[0]!;
    column.fill(0);
    return only;
  }
  for (let row = 0; row < column.length; row++) column[row] = (column[row]! - mean) * (roots?.[row] ?? 1);
  return mean;
}
