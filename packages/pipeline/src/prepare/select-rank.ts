/** Intervals that a pass looks at. */
const BINS = 65_536;

/**
 * The values at some ranks of numbers that come in pieces, in bounded memory: each pass narrows the interval in which a value is
 * by 65,536.
 *
 * @param read a pass over all numbers; NaN does not count.
 * @param ranks places among the sorted numbers, from 0, for their count; below it.
 */
export async function selectRanks(
  read: () => AsyncIterable<Float64Array>,
  ranks: (count: number) => readonly number[],
): Promise<readonly number[]> {
  let [least, most, count] = [Infinity, -Infinity, 0];
  for await (const values of read())
    for (const value of values) {
      if (value !== value) continue;
      count++;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  const found: number[] = [];
  for (const rank of ranks(count)) found.push(await selectRank(read, rank, least, most));
  return found;
}

async function selectRank(
  read: () => AsyncIterable<Float64Array>,
  rank: number,
  least: number,
  most: number,
): Promise<number> {
  let [from, to] = [least, most];
  while (from < to) {
    const counts = new Float64Array(BINS);
    const lows = new Float64Array(BINS).fill(Infinity);
    const highs = new Float64Array(BINS).fill(-Infinity);
    const width = to - from;
    let below = 0;
    for await (const values of read())
      for (const value of values) {
        if (value < from) below++;
        if (!(value >= from && value <= to)) continue;
        const bin = Math.min(BINS - 1, Math.floor(((value - from) / width) * BINS));
        counts[bin]!++;
        if (value < lows[bin]!) lows[bin] = value;
        if (value > highs[bin]!) highs[bin] = value;
      }
    let bin = 0;
    for (let seen = below; seen + counts[bin]! <= rank; bin++) seen += counts[bin]!;
    [from, to] = [lows[bin]!, highs[bin]!];
  }
  return from;
}
