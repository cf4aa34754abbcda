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

/**
 * The range whose steps tell most of what was seen: a few far numbers are cut off where finer steps for the others are worth
 * more (S. Migacz, "8-bit inference with TensorRT", 2017).
 */
export function entropyRange(
  values: readonly Float64Array[],
  all: { readonly low: number; readonly high: number },
): { readonly low: number; readonly high: number } {
  const largest = Math.max(-all.low, all.high);
  if (!(largest > 0)) return all;
  const counts = new Float64Array(BINS);
  for (const list of values)
    for (const value of list) counts[Math.min(BINS - 1, Math.floor((Math.abs(value) / largest) * BINS))]!++;
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
  return { low: Math.max(all.low, -most), high: Math.min(all.high, most) };
}
