/**
 * The quantile of Student's distribution ("The probable error of a mean", 1908) by bisection of its integral.
 *
 * @param level the probability between minus and plus the quantile, in (0, 1).
 * @param degrees of freedom, an integer of at least 1.
 */
export function studentQuantile(level: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (between(high, degrees) < level) high *= 2;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (between(middle, degrees) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The probability between -t and t: finite sums for integers (M. Abramowitz and I. Stegun, 26.7.3 and 26.7.4). */
function between(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cosine = Math.cos(angle) ** 2;
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let n = odd ? 3 : 2; n < degrees - 1; n += 2) {
    term *= (cosine * (n - 1)) / n;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
