import { times, unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/**
 * `2 / sqrt(pi)` times the integral of `exp(-t * t)` from 0 to `x`, by its series of positive terms (M. Abramowitz and
 * I. Stegun, "Handbook of Mathematical Functions", 1964, 7.1.6); from 6 on it is 1 in double precision.
 */
export function erf(x: number): number {
  if (Math.abs(x) >= 6) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** The error function. */
export const Erf = unary(erf, {
  since: 9,
  gradient: times((g, x) =>
    g.op("Mul", [
      g.op("Exp", [g.op("Neg", [g.op("Mul", [x, x])])]),
      scalarLike(g, x, 2 / Math.sqrt(Math.PI)),
    ]),
  ),
});
