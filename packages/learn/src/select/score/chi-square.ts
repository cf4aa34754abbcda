import { tailOfChiSquared } from "../distribution/tail.ts";
import type { Contingency } from "./contingency.ts";
import type { TestResult } from "./f-classification.ts";

/**
 * Pearson's chi-squared statistic of a column of counts or frequencies against classes, scikit-learn's `chi2`: how far each
 * class's sum is from its share of the rows. Values are at least 0. A column of zeros has NaN.
 */
export function chiSquare(x: Float64Array, y: ArrayLike<number>, classes: number): TestResult {
  const rows = x.length;
  const observed = new Float64Array(classes);
  const counts = new Float64Array(classes);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    observed[y[row]!]! += x[row]!;
    counts[y[row]!]!++;
    total += x[row]!;
  }
  let [score, present] = [0, 0];
  for (let k = 0; k < classes; k++) {
    if (counts[k] === 0) continue;
    present += 1;
    const expected = (counts[k]! / rows) * total;
    score += (observed[k]! - expected) ** 2 / expected;
  }
  return { score, pValue: tailOfChiSquared(score, present - 1) };
}

/** Pearson's chi-squared test of independence of a table of counts, without a continuity correction (scipy's `chi2_contingency(..., correction=False)`). */
export function chiSquareOfTable({
  counts,
  rows,
  columns,
  rowSums,
  columnSums,
  total,
}: Contingency): TestResult {
  let score = 0;
  for (let i = 0; i < rows; i++) {
    if (rowSums[i] === 0) continue;
    for (let j = 0; j < columns; j++) {
      if (columnSums[j] === 0) continue;
      const expected = (rowSums[i]! * columnSums[j]!) / total;
      score += (counts[i * columns + j]! - expected) ** 2 / expected;
    }
  }
  const degrees = (occurring(rowSums) - 1) * (occurring(columnSums) - 1);
  return degrees > 0 ? { score, pValue: tailOfChiSquared(score, degrees) } : { score: NaN, pValue: NaN };
}

/** How many sums are not 0. */
export function occurring(sums: Float64Array): number {
  let count = 0;
  for (const sum of sums) count += +(sum > 0);
  return count;
}
