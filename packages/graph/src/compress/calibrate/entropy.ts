import type { Range } from "./range.ts";

/** Bins of a histogram of sizes, and steps that eight bits have on one side of zero. */
const [BINS, STEPS] = [2048, 128];

/** How much is lost when a distribution is told by a coarser one (S. Kullback, R. Leibler, 1951), in nats. */
function divergence(fine: Float64Array, coarse: Float64Array): number {
  const [all, told] = [fine, coarse].map((list) => list.reduce((sum, count) => sum + count, 0)) as [
    number,
    number,
  ];
  let sum = 0;
  for (const [at, count] of fine.entries()) {
    if (count === 0) continue;
    if (coarse[at] === 0) return Infinity;
    sum += (count / all) * Math.log(count / all / (coarse[at]! / told));
  }
  return sum;
}

/** The histogram up to a bin, what lies beyond in its last one, as `STEPS` levels tell it. */
function toldBy(counts: Float64Array, end: number): Float64Array {
  const told = new Float64Array(end);
  for (let step = 0; step < STEPS; step++) {
    const [from, to] = [Math.floor((step * end) / STEPS), Math.floor(((step + 1) * end) / STEPS)];
    let [sum, some] = [0, 0];
    for (let at = from; at < to; at++) {
      sum += counts[at]!;
      some += Number(counts[at]! > 0);
    }
    for (let at = from; at < to; at++) if (counts[at]! > 0) told[at] = sum / some;
  }
  return told;
}

/** How often sizes of numbers fell where, from 0 to the largest that was seen. */
export interface SizeHistogram {
  readonly range: Range;
  readonly counts: Float64Array;
}

export function emptySizes(range: Range): SizeHistogram {
  return { range, counts: new Float64Array(BINS) };
}

/** Counts sizes; of numbers that are not finite none. */
export function countSizes({ range, counts }: SizeHistogram, values: ArrayLike<number>): void {
  const largest = Math.max(-range.low, range.high);
  if (!(largest > 0)) return;
  for (let at = 0; at < values.length; at++) {
    const size = Math.abs(values[at]!);
    if (size < Infinity) counts[Math.min(BINS - 1, Math.floor((size / largest) * BINS))]!++;
  }
}

/**
 * The range whose steps tell most of what was seen: a few far numbers are cut off where finer steps for the others are worth
 * more (S. Migacz, "8-bit inference with TensorRT", 2017).
 */
export function entropyRange({ range, counts: seen }: SizeHistogram): Range {
  const largest = Math.max(-range.low, range.high);
  if (!(largest > 0)) return range;
  const counts = seen.slice();
  // Zeros of a rectifier are told exactly whatever the steps.
  counts[0] = counts[1]!;
  let [best, least] = [BINS, Infinity];
  for (let end = STEPS; end <= BINS; end += 16) {
    const fine = counts.slice(0, end);
    fine[end - 1]! += counts.subarray(end).reduce((sum, count) => sum + count, 0);
    const lost = divergence(fine, toldBy(counts, end));
    if (lost < least) [best, least] = [end, lost];
  }
  const most = (best / BINS) * largest;
  return { low: Math.max(range.low, -most), high: Math.min(range.high, most) };
}
