import { incompleteBeta } from "./incomplete-beta.ts";
import { upperGamma } from "./incomplete-gamma.ts";

/**
 * The probability that a number of Fisher's and Snedecor's F distribution exceeds `f`; NaN for NaN.
 *
 * @param between degrees of freedom of the numerator, positive.
 * @param within degrees of freedom of the denominator, positive.
 * @example
 * tailOfF(3.2, 2, 27); // 0.0566
 */
export function tailOfF(f: number, between: number, within: number): number {
  if (Number.isNaN(f) || !(between > 0) || !(within > 0)) return NaN;
  return f <= 0 ? 1 : incompleteBeta((between * f) / within, within / 2, between / 2);
}

/**
 * The probability that a number of the chi-squared distribution exceeds `x`; NaN for NaN.
 *
 * @param degrees of freedom, positive.
 * @example
 * tailOfChiSquared(3.841, 1); // 0.05
 */
export function tailOfChiSquared(x: number, degrees: number): number {
  if (Number.isNaN(x) || !(degrees > 0)) return NaN;
  return upperGamma(degrees / 2, x / 2);
}

/** The probability that a number of Student's t distribution is farther from 0 than `t`, to both sides. */
export function tailsOfStudent(t: number, degrees: number): number {
  return tailOfF(t * t, 1, degrees);
}

/** The probability of at least `hits` successes in `trials` independent ones of probability `share` in (0, 1). */
export function tailOfBinomial(hits: number, trials: number, share: number): number {
  if (hits <= 0) return 1;
  if (hits > trials) return 0;
  // I_share(hits, trials - hits + 1), M. Abramowitz and I. Stegun, 26.5.24.
  return incompleteBeta((1 - share) / share, hits, trials - hits + 1);
}
