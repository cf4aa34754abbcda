/** Scores closer than this may change places where float32 computes them. */
const CLEAR = 4e-6;

/**
 * A threshold above which at most a share of the scores lies, with room on both sides: midway in the first gap at or above
 * the quantile that float32 cannot close, else in the widest of the next thousandth of the scores. So the graph of a model,
 * which computes in float32, finds the same rows odd.
 *
 * @param sorted ascending.
 * @example
 * thresholdAbove(Float64Array.of(0.4, 0.4, 0.5, 0.7), 0.25); // 0.6
 */
export function thresholdAbove(sorted: Float64Array, share: number): number {
  // Rounded so that a share of 0.1 of 10 rows is one row.
  const most = Math.floor(share * sorted.length * (1 + 1e-12));
  const first = Math.max(1, sorted.length - most);
  const reach = first + Math.max(16, Math.ceil(sorted.length / 1000));
  let [widest, threshold] = [0, sorted.at(-1)! + CLEAR];
  for (let at = first; at < sorted.length && widest < CLEAR && (at < reach || widest === 0); at++) {
    const [low, high] = [sorted[at - 1]!, sorted[at]!];
    if (high - low <= widest) continue;
    widest = high - low;
    threshold = low + widest / 2;
  }
  return threshold;
}
