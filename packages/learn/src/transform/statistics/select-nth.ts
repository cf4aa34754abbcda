/**
 * Puts the number that would stand at `nth` if the numbers from `left` to `right` were sorted in its place, none larger
 * before it, none smaller behind it: R. W. Floyd and R. L. Rivest, "Algorithm 489: SELECT", CACM 18, 1975.
 *
 * @param values changed; without NaN.
 * @returns the number.
 */
export function selectNth(values: Float64Array, nth: number, left = 0, right = values.length - 1): number {
  let [low, high] = [left, right];
  while (high > low) {
    if (high - low > 600) {
      const count = high - low + 1;
      const at = nth - low + 1;
      const z = Math.log(count);
      const size = 0.5 * Math.exp((2 * z) / 3);
      const spread = 0.5 * Math.sqrt((z * size * (count - size)) / count) * Math.sign(at - count / 2);
      const from = Math.max(low, Math.floor(nth - (at * size) / count + spread));
      const to = Math.min(high, Math.floor(nth + ((count - at) * size) / count + spread));
      selectNth(values, nth, from, to);
    }
    const pivot = values[nth]!;
    let [i, j] = [low, high];
    values[nth] = values[low]!;
    values[low] = pivot;
    const swapped = values[high]! > pivot;
    if (swapped) {
      values[low] = values[high]!;
      values[high] = pivot;
    }
    while (i < j) {
      const other = values[i]!;
      values[i] = values[j]!;
      values[j] = other;
      i++;
      j--;
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
    }
    if (values[low] === pivot) {
      values[low] = values[j]!;
      values[j] = pivot;
    } else {
      j++;
      const other = values[j]!;
      values[j] = values[high]!;
      values[high] = other;
    }
    if (j <= nth) low = j + 1;
    if (nth <= j) high = j - 1;
  }
  return values[nth]!;
}

/**
 * Quantiles of numbers in any order, interpolated linearly between the two nearest (type 7 of R. J. Hyndman and Y. Fan,
 * numpy's default), without sorting them all.
 *
 * @param values changed; without NaN; at least one.
 * @param shares ascending, in [0, 1].
 */
export function quantilesOf(values: Float64Array, shares: readonly number[]): Float64Array {
  const last = values.length - 1;
  const out = new Float64Array(shares.length);
  let from = 0;
  for (const [at, share] of shares.entries()) {
    const position = share * last;
    const below = Math.min(last, Math.floor(position));
    const low = selectNth(values, below, Math.min(from, below), last);
    from = below;
    out[at] = low;
    const rest = position - below;
    if (rest === 0 || below === last) continue;
    // The next larger one is the least of those behind.
    let next = Infinity;
    for (let place = below + 1; place <= last; place++) if (values[place]! < next) next = values[place]!;
    out[at] = between(low, next, rest);
  }
  return out;
}

/** What lies at `share` of the way; exactly `high` where the two are equal, or infinite. */
export function between(low: number, high: number, share: number): number {
  if (low === high) return low;
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
}
