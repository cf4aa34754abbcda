import { logGamma, stirlingRest } from "./log-gamma.ts";

const MOST_TERMS = 100_000;
const TINY = 1e-300;

/**
 * The regularised upper incomplete gamma function Q(a, x) for a > 0, x >= 0: a series below `a + 1`, a continued fraction
 * above (W. Gautschi, "A computational procedure for incomplete gamma functions", ACM TOMS 5, 1979; the fraction by J.
 * Lentz's method), so that small values keep their digits.
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  const front = Math.exp(logFront(a, x));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < MOST_TERMS && term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / nonzero(an * d + b);
    c = nonzero(b + an / c);
    const step = c * d;
    h *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return front * h;
}

/** `a ln x - x - ln Γ(a)`; for large a by the distance of x from a, as the terms nearly cancel. */
function logFront(a: number, x: number): number {
  if (a < 10) return a * Math.log(x) - x - logGamma(a);
  const off = (x - a) / a;
  const log = Math.abs(off) < 0.5 ? Math.log1p(off) : Math.log(x / a);
  return -a * (off - log) + 0.5 * Math.log(a / (2 * Math.PI)) - stirlingRest(a);
}

function nonzero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
