import { tailOfF } from "../distribution/tail.ts";

/** Whether all values are one. */
export function isConstant(x: Float64Array): boolean {
  for (let row = 1; row < x.length; row++) if (x[row] !== x[0]) return false;
  return true;
}

/** A statistic and how likely so large a one is by chance. */
export interface TestResult {
  readonly score: number;
  readonly pValue: number;
}

/**
 * The analysis of variance of a column over classes: the variance between their means over that within (R. Fisher, 1925),
 * scikit-learn's `f_classif`. Sums are taken around the column's mean. A constant column has NaN; one that classes tell
 * apart without any rest has an infinite F.
 *
 * @param y [N], places of classes. @param classes how many there are; those without rows do not count.
 */
export function fClassification(x: Float64Array, y: ArrayLike<number>, classes: number): TestResult {
  const rows = x.length;
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  let mean = 0;
  for (let row = 0; row < rows; row++) mean += x[row]!;
  mean /= rows;
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    const off = x[row]! - mean;
    const label = y[row]!;
    sums[label]! += off;
    counts[label]!++;
    squares += off * off;
  }
  let [between, rest, present] = [0, 0, 0];
  for (let k = 0; k < classes; k++) {
    if (counts[k] === 0) continue;
    present += 1;
    between += sums[k]! ** 2 / counts[k]!;
    rest += sums[k]!;
  }
  between -= rest ** 2 / rows;
  const total = squares - rest ** 2 / rows;
  if (isConstant(x)) return { score: NaN, pValue: NaN };
  const degrees = rows - present;
  const score = between / (present - 1) / (Math.max(0, total - between) / degrees);
  return { score, pValue: tailOfF(score, present - 1, degrees) };
}
