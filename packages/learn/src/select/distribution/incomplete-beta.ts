import { logBeta } from "./log-gamma.ts";

const MOST_TERMS = 100_000;
const TINY = 1e-300;

/**
 * The regularised incomplete beta function I_x(a, b) at `x = 1 / (1 + ratio)`, for a, b > 0: by its continued fraction
 * (M. Abramowitz and I. Stegun, 26.5.8; evaluated by J. Lentz's method) on the side where that converges fast. Taking the
 * ratio (1 - x) / x keeps the digits of x near 0 and near 1.
 */
export function incompleteBeta(ratio: number, a: number, b: number): number {
  if (ratio === 0) return 1;
  if (ratio === Infinity) return 0;
  const x = 1 / (1 + ratio);
  const log = -a * Math.log1p(ratio) - b * Math.log1p(1 / ratio) - logBeta(a, b);
  if (x < (a + 1) / (a + b + 2)) return (Math.exp(log) * fraction(x, a, b)) / a;
  return 1 - (Math.exp(log) * fraction(ratio / (1 + ratio), b, a)) / b;
}

function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonzero(1 + even * d);
    c = nonzero(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonzero(1 + odd * d);
    c = nonzero(1 + odd / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h;
}

function nonzero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
