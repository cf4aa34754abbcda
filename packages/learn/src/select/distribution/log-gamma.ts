/** Where Stirling's series is good to the last bit; smaller arguments are shifted above it. */
const LARGE = 10;

/**
 * What Stirling's formula leaves of the logarithm of the gamma function: `ln Γ(x) - (x - 1/2) ln x + x - ln(2π) / 2`
 * (M. Abramowitz and I. Stegun, 6.1.42). For x of at least 10 the next term is below 1e-17.
 */
export function stirlingRest(x: number): number {
  const s = 1 / (x * x);
  return (
    (1 / 12 -
      s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - s * (691 / 360360 - s / 156)))))) /
    x
  );
}

/** The logarithm of the gamma function of x > 0, to about 1e-15 of its size (or absolutely, where it is small). */
export function logGamma(x: number): number {
  let shift = 1;
  let at = x;
  // The product stays finite: at most ten factors below 10.
  while (at < LARGE) shift *= at++;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + stirlingRest(at) - Math.log(shift);
}

/**
 * The logarithm of the beta function of a, b > 0. Where one is large its gammas cancel; then the difference is taken
 * before the logarithms (A. DiDonato and A. Morris, ACM TOMS 18, 1992, `bcorr` and `algdiv`).
 */
export function logBeta(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  if (high < LARGE) return logGamma(low) + logGamma(high) - logGamma(low + high);
  const rest = stirlingRest(high) - stirlingRest(low + high);
  if (low < LARGE)
    return logGamma(low) + rest - (high - 0.5) * Math.log1p(low / high) - low * Math.log(low + high) + low;
  return (
    0.5 * Math.log(2 * Math.PI) -
    0.5 * Math.log(high) +
    stirlingRest(low) +
    rest +
    (low - 0.5) * Math.log(low / (low + high)) -
    high * Math.log1p(low / high)
  );
}
