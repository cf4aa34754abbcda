/**
 * Whether a variance is no more than the rounding error of its own sum: Chan, Golub and LeVeque, "Algorithms for
 * computing the sample variance", 1983; the bound that scikit-learn uses.
 */
export function isConstant(variance: number, mean: number, rows: number): boolean {
  const epsilon = Number.EPSILON;
  return variance <= rows * epsilon * variance + (rows * mean * epsilon) ** 2;
}

/** What a column is divided by: its standard deviation, 1 where it is constant up to rounding. */
export function deviationScale(variance: number, mean: number, rows: number): number {
  return isConstant(variance, mean, rows) ? 1 : Math.sqrt(variance);
}

/** Roundings of the mean that a deviation summed around it may be: numbers that differ by less are equal. */
const ROUNDINGS = 8;

/** The same where squares were summed around the mean itself, block by block: their rounding does not grow with the rows. */
export function preciseScale(variance: number, mean: number): number {
  return deviationScale(variance, mean, ROUNDINGS);
}
