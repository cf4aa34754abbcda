/**
 * The quantile of ascending values, interpolated linearly between the two nearest (type 7 of Hyndman and Fan,
 * numpy's default).
 */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}
