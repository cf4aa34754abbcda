import type { Range } from "./range.ts";

/** Bins of a histogram: sixteen times the steps of eight bits, so that where a range is cut is known to a sixteenth. */
const BINS = 4096;

/** How often numbers of a value fell where, between the least and the largest that were seen. */
export interface Histogram {
  readonly range: Range;
  readonly counts: Float64Array;
}

export function emptyHistogram(range: Range): Histogram {
  return { range, counts: new Float64Array(BINS) };
}

/** Counts numbers; those that are not finite say nothing. */
export function countNumbers({ range: { low, high }, counts }: Histogram, values: ArrayLike<number>): void {
  const perBin = counts.length / (high - low);
  if (!Number.isFinite(perBin)) return;
  const last = counts.length - 1;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (Number.isFinite(value)) counts[Math.max(0, Math.min(last, Math.floor((value - low) * perBin)))]!++;
  }
}

/** The range without a share of the numbers, half of it at each end; linear within a bin. */
export function percentileRange({ range, counts }: Histogram, percentile: number): Range {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const cut = (all * (1 - percentile / 100)) / 2;
  const width = (range.high - range.low) / counts.length;
  const edge = (list: Float64Array): number => {
    let passed = 0;
    for (const [at, count] of list.entries()) {
      if (passed + count > cut) return at + (cut - passed) / count;
      passed += count;
    }
    return 0;
  };
  return {
    low: Math.min(0, range.low + edge(counts) * width),
    high: Math.max(0, range.high - edge(counts.toReversed()) * width),
  };
}

/** Ranges that are tried: both ends drawn in to 1, 0.98, ... 0.02 of what was seen. */
const TRIES = 50;

/** The range, drawn in from both ends alike, in which rounding to `levels` steps moves the numbers least, in squares. */
export function leastSquaresRange({ range, counts }: Histogram, levels: number): Range {
  const width = (range.high - range.low) / counts.length;
  let best = range;
  let least = Infinity;
  for (let at = TRIES; at > 0; at--) {
    const [low, high] = [(range.low * at) / TRIES, (range.high * at) / TRIES];
    const scale = (high - low) / levels;
    let lost = 0;
    for (const [bin, count] of counts.entries()) {
      if (count === 0) continue;
      const value = range.low + (bin + 0.5) * width;
      const told = low + Math.round((Math.max(low, Math.min(high, value)) - low) / scale) * scale;
      lost += count * (value - told) ** 2;
    }
    if (lost < least) [best, least] = [{ low, high }, lost];
  }
  return best;
}
