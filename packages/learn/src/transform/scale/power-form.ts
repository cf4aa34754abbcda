/** Numbers closer to 0 (or 2) than this are it. */
const EPSILON = Number.EPSILON;

/**
 * The Yeo-Johnson power of a number: I. Yeo and R. A. Johnson, "A new family of power transformations to improve normality or
 * symmetry", Biometrika 87, 2000.
 */
export function yeoJohnson(x: number, lambda: number): number {
  if (x >= 0) return Math.abs(lambda) < EPSILON ? Math.log1p(x) : Math.expm1(lambda * Math.log1p(x)) / lambda;
  const other = 2 - lambda;
  return Math.abs(other) > EPSILON ? -Math.expm1(other * Math.log1p(-x)) / other : -Math.log1p(-x);
}

/** The Box-Cox power of a number above 0: G. E. P. Box and D. R. Cox, "An analysis of transformations", 1964. */
export function boxCox(x: number, lambda: number): number {
  return Math.abs(lambda) < EPSILON ? Math.log(x) : Math.expm1(lambda * Math.log(x)) / lambda;
}
