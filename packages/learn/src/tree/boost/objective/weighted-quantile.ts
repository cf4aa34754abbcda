/**
 * The quantile of weighted values that has the least pinball loss: the least value up to which lies at least the share of
 * the weight; where that is the share exactly, any number up to the next value is as good, and it is the middle of the
 * two. A weight of 2 is a value that stands there twice. Found by C. Hoare's selection ("Algorithm 65: FIND", CACM 4,
 * 1961), in time that grows with the length.
 *
 * @param values reordered.
 * @param weights reordered; undefined where all are 1. Those of 0 do not count.
 * @returns NaN where nothing counts.
 */
export function weightedQuantile(
  values: Float64Array,
  weights: Float64Array | undefined,
  share: number,
): number {
  const weightOf = (at: number) => (weights === undefined ? 1 : weights[at]!);
  const swap = (left: number, right: number) => {
    [values[left], values[right]] = [values[right]!, values[left]!];
    if (weights !== undefined) [weights[left], weights[right]] = [weights[right]!, weights[left]!];
  };
  let high = 0;
  let wanted = 0;
  for (let at = 0; at < values.length; at++) {
    if (!(weightOf(at) > 0)) continue;
    wanted += weightOf(at);
    swap(at, high++);
  }
  wanted *= share;
  let low = 0;
  // What lies left of `low`, and the least of what lies right of `high`.
  let before = 0;
  let above = NaN;
  let best = NaN;
  while (low < high) {
    const pivot = middleOf(values[low]!, values[(low + high) >>> 1]!, values[high - 1]!);
    let [less, at, greater] = [low, low, high];
    let [lessWeight, equalWeight] = [0, 0];
    while (at < greater) {
      const value = values[at]!;
      if (value < pivot) {
        lessWeight += weightOf(at);
        swap(at++, less++);
      } else if (value > pivot) swap(at, --greater);
      else equalWeight += weightOf(at++);
    }
    if (less > low && before + lessWeight >= wanted) {
      above = pivot;
      high = less;
      continue;
    }
    before += lessWeight + equalWeight;
    best = pivot;
    if (before === wanted) {
      let next = above;
      for (let right = greater; right < high; right++) if (!(next <= values[right]!)) next = values[right]!;
      return Number.isNaN(next) ? pivot : pivot + (next - pivot) / 2;
    }
    if (before > wanted) return pivot;
    low = greater;
  }
  return best;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
