/**
 * Turns the scores at `offset .. offset + count` into probabilities in place, shifted by their largest so that
 * nothing overflows.
 *
 * @returns log(sum(exp(scores))), so that the log loss of class k is this minus the score of k.
 */
export function softmaxInPlace(scores: Float64Array, offset: number, count: number): number {
  let largest = -Infinity;
  for (let k = 0; k < count; k++) largest = Math.max(largest, scores[offset + k]!);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const power = Math.exp(scores[offset + k]! - largest);
    scores[offset + k] = power;
    sum += power;
  }
  for (let k = 0; k < count; k++) scores[offset + k]! /= sum;
  return largest + Math.log(sum);
}
