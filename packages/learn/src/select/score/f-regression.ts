import { tailOfF } from "../distribution/tail.ts";
import { isConstant, type TestResult } from "./f-classification.ts";

/** Pearson's correlation of two columns, two passes; NaN where one is constant. */
export function pearson(x: Float64Array, y: Float64Array): number {
  const rows = x.length;
  let [meanX, meanY] = [0, 0];
  for (let row = 0; row < rows; row++) {
    meanX += x[row]!;
    meanY += y[row]!;
  }
  meanX /= rows;
  meanY /= rows;
  let [xx, xy, yy] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const a = x[row]! - meanX;
    const b = y[row]! - meanY;
    xx += a * a;
    xy += a * b;
    yy += b * b;
  }
  if (isConstant(x) || isConstant(y)) return NaN;
  return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}

/**
 * The F of a straight line from a column to numbers: `r^2 / (1 - r^2) * (N - 2)`, scikit-learn's `f_regression`. A constant
 * column has 0 (p 1), a perfect line the largest number (p 0), as there.
 */
export function fRegression(x: Float64Array, y: Float64Array): TestResult {
  const r = pearson(x, y);
  if (Number.isNaN(r)) return { score: 0, pValue: 1 };
  const degrees = x.length - 2;
  const score = ((r * r) / (1 - r * r)) * degrees;
  if (score === Infinity) return { score: Number.MAX_VALUE, pValue: 0 };
  return { score, pValue: tailOfF(score, 1, degrees) };
}
