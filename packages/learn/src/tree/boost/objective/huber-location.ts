import { weightedQuantile } from "./weighted-quantile.ts";

/** Bits of a float64 that rounding of the sums leaves in doubt. */
const DOUBT = 2 ** -50;

/**
 * The number whose Huber loss over weighted values is least. The loss's slope rises in straight pieces between the values
 * plus and minus delta, so Newton's steps, kept between bounds, end exactly in the piece of the root: from the median in
 * a few passes.
 *
 * @param values reordered, as are the weights.
 */
export function huberLocation(
  values: Float64Array,
  weights: Float64Array | undefined,
  delta: number,
): number {
  let guess = weightedQuantile(values, weights, 0.5);
  let [low, high] = [-Infinity, Infinity];
  // Each step halves the bounds at worst; they are float64 numbers.
  for (let step = 0; step < 2100; step++) {
    let [slope, curvature, least, most] = [0, 0, Infinity, -Infinity];
    for (let at = 0; at < values.length; at++) {
      const weight = weights === undefined ? 1 : weights[at]!;
      if (weight === 0) continue;
      const error = guess - values[at]!;
      if (error > -delta && error < delta) curvature += weight;
      slope += weight * Math.max(-delta, Math.min(delta, error));
      least = Math.min(least, values[at]!);
      most = Math.max(most, values[at]!);
    }
    if (slope === 0 || Number.isNaN(guess)) return guess;
    if (slope > 0) high = guess;
    else low = guess;
    [low, high] = [Math.max(low, least), Math.min(high, most)];
    const newton = guess - slope / curvature;
    const next = newton > low && newton < high ? newton : low + (high - low) / 2;
    if (Math.abs(next - guess) <= DOUBT * Math.max(Math.abs(guess), delta)) return next;
    guess = next;
  }
  return guess;
}
