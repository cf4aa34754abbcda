/** The largest finite numbers: bounds are finite wherever two neighbours allow it, as JSON has no infinity. */
const LARGEST = Number.MAX_VALUE;
const LARGEST_SINGLE = (2 - 2 ** -23) * 2 ** 127;

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** The largest float32 that is not above a number. */
export function floorToSingle(value: number): number {
  single[0] = value;
  if (single[0] <= value || Number.isNaN(value)) return single[0];
  // The next smaller: one step towards 0 for positive numbers, away from it for negative ones.
  singleBits[0]! += single[0] > 0 ? -1 : 1;
  return single[0];
}

/**
 * A number t with `low <= t < high`, near the middle: rows at most t are those at most `low`. Between float32 numbers it
 * is a float32, so that a threshold is the same in models of either precision.
 */
export function boundBetween(low: number, high: number, ofSingles: boolean): number {
  const sum = low + high;
  const most = ofSingles ? LARGEST_SINGLE : LARGEST;
  // Halves first where the sum overflows; no middle lies between two infinities.
  const middle = Number.isFinite(sum) ? sum / 2 : low / 2 + high / 2 || 0;
  const bounded = Math.max(-most, Math.min(most, middle));
  const bound = ofSingles ? floorToSingle(bounded) : bounded;
  return bound >= low && bound < high ? bound : low;
}

/** Different values, ascending, and how many rows have each. */
export interface ValueCounts {
  readonly values: Float32Array | Float64Array;
  readonly counts: Int32Array;
}

/** The different values of a sorted list, which then stand at its beginning, and their counts in the memory given. */
export function valueCounts(sorted: Float64Array, counts = new Int32Array(sorted.length)): ValueCounts {
  let last = -1;
  for (let at = 0; at < sorted.length; at++) {
    const value = sorted[at]!;
    if (last < 0 || value !== sorted[last]) {
      sorted[++last] = value;
      counts[last] = 0;
    }
    counts[last]!++;
  }
  return { values: sorted.subarray(0, last + 1), counts: counts.subarray(0, last + 1) };
}

/** The last value, by its place, of each bin but the last: few values are parted wherever there are rows enough. */
function fewEnds(counts: Int32Array, minRows: number): number[] {
  const ends: number[] = [];
  let rows = 0;
  for (let at = 0; at < counts.length - 1; at++) {
    rows += counts[at]!;
    if (rows < minRows) continue;
    ends.push(at);
    rows = 0;
  }
  return ends;
}

/** Bins of about equal count; a value that has as many rows as a whole bin gets one of its own. */
function manyEnds(counts: Int32Array, rows: number, most: number): ArrayLike<number> {
  const large = rows / most;
  let binsLeft = most;
  let rowsLeft = rows;
  for (let at = 0; at < counts.length; at++) {
    if (counts[at]! < large) continue;
    binsLeft--;
    rowsLeft -= counts[at]!;
  }
  let mean = rowsLeft / binsLeft;
  const ends: number[] = [];
  let inBin = 0;
  for (let at = 0; at < counts.length - 1 && ends.length < most - 1; at++) {
    const count = counts[at]!;
    inBin += count;
    const alone = count >= large;
    if (!alone) rowsLeft -= count;
    const beforeLarge = counts[at + 1]! >= large && inBin >= Math.max(1, mean / 2);
    if (!alone && inBin < mean && !beforeLarge) continue;
    ends.push(at);
    inBin = 0;
    if (!alone) mean = rowsLeft / --binsLeft;
  }
  return ends;
}

/** How bins are parted. */
export interface BoundOptions {
  readonly bins: number;
  readonly minRows: number;
  /** Whether the column is one of float32 numbers. */
  readonly ofSingles: boolean;
}

/**
 * Upper bounds of bins, ascending, the last Infinity: greedily of equal count, as in LightGBM (G. Ke et al., NeurIPS
 * 2017, "FindBin"). Unlike there 0 needs no bin of its own, and values that neighbour in float64 are not merged.
 *
 * @param endsOf what parts many values into `most` bins at most.
 */
export function binBounds(
  { values, counts }: ValueCounts,
  { bins, minRows, ofSingles }: BoundOptions,
  endsOf: typeof manyEnds = manyEnds,
): Float64Array {
  if (values.length <= bins) return boundsAt(values, fewEnds(counts, minRows), ofSingles);
  let rows = 0;
  for (let at = 0; at < counts.length; at++) rows += counts[at]!;
  const most = Math.max(1, Math.min(bins, Math.floor(rows / minRows)));
  return boundsAt(values, endsOf(counts, rows, most), ofSingles);
}

function boundsAt(values: ValueCounts["values"], ends: ArrayLike<number>, ofSingles: boolean): Float64Array {
  const upper = new Float64Array(ends.length + 1).fill(Infinity);
  for (let bin = 0; bin < ends.length; bin++)
    upper[bin] = boundBetween(values[ends[bin]!]!, values[ends[bin]! + 1]!, ofSingles);
  return upper;
}
