import { isNear } from "./near-row.ts";
import { MANY, type NodeRows } from "./node-rows.ts";
import { gainOfSums, type Found } from "./scan-boundary.ts";
import { CONSTANT, MISSING, NO_BETTER } from "./scan-few.ts";

/** So few rows are sorted by putting each into its place; the bins of more are summed. */
const HANDFUL = 16;
/** Places beyond are no 32-bit integers. */
const MOST_PLACE = 2 ** 31;

/**
 * Writes where the bins of each of the node's rows begin in what {@link scanNumber} is given as `codes`, once for all
 * features. Returns whether that is the rows' own copy or the table, a row at a time; else it is the feature's column.
 */
export function placeRows(s: NodeRows, start: number, rows: number): boolean {
  const { table, byRow } = s.source;
  const wide = isNear(s.near, start, start + rows) || (rows < MANY && byRow.length < MOST_PLACE);
  place(s.places, s.order, start, rows, wide ? table.bins.length : 1);
  return wide;
}

/**
 * What `scanBoundaries` does for a feature of numbers and targets that are numbers, where no row is missing: a few rows
 * are sorted by bin; more are summed by bin, and bins that hold any are crossed and cleared in one pass.
 *
 * @param offset of the feature in `codes`.
 * @param missing the feature's bin of missing values, or -1.
 * @param floor weight of either side at least.
 * @returns a number below 0 as `scanFew` does, or that of a bin if a boundary is better than `found`, which is written.
 */
export function scanNumber(
  s: NodeRows,
  codes: Uint8Array,
  offset: number,
  rows: number,
  missing: number,
  floor: number,
  found: Found,
): number {
  const { own, total, seen, bins, places } = s;
  if (rows <= HANDFUL) {
    const { keys } = s.sorter;
    sortPlaced(keys, codes, places, offset, rows);
    const most = keys[rows - 1]! >> 16;
    if (keys[0]! >> 16 === most) return CONSTANT;
    if (most === missing) return MISSING;
    return crossNumbers(keys, rows, own.weight, own.sum, total[0]!, total[1]!, floor, found);
  }
  addPlaced(bins, seen, codes, places, offset, rows, own.weight, own.sum);
  return crossBins(bins, seen, missing, total[0]!, total[1]!, floor, found);
}

function place(places: Int32Array, order: Int32Array, start: number, rows: number, width: number): void {
  for (let i = 0; i < rows; i++) places[i] = order[start + i]! * width;
}

function sortPlaced(
  keys: Int32Array,
  codes: Uint8Array,
  places: Int32Array,
  offset: number,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) {
    const key = (codes[places[i]! + offset]! << 16) | i;
    let at = i;
    while (at > 0) {
      const before = keys[at - 1]!;
      if (before < key) break;
      keys[at] = before;
      at--;
    }
    keys[at] = key;
  }
}

function crossNumbers(
  keys: Int32Array,
  rows: number,
  weight: Float64Array,
  sum: Float64Array,
  W: number,
  S: number,
  floor: number,
  found: Found,
): number {
  let low = keys[0]! >> 16;
  let below = NO_BETTER;
  let above = 0;
  let wL = 0;
  let sL = 0;
  let best = found.score;
  let weightBest = 0;
  for (let at = 0; at < rows; at++) {
    const key = keys[at]!;
    const bin = key >> 16;
    if (bin !== low) {
      const gain = gainOfSums(W, S, wL, sL);
      if (gain > best && wL >= floor && W - wL >= floor) {
        best = gain;
        weightBest = wL;
        below = low;
        above = bin;
      }
      low = bin;
    }
    const i = key & 0xffff;
    wL += weight[i]!;
    sL += sum[i]!;
  }
  if (below >= 0) {
    found.score = best;
    found.weight = weightBest;
    found.low = below;
    found.high = above;
  }
  return below;
}

function addPlaced(
  bins: Float64Array,
  seen: Int32Array,
  codes: Uint8Array,
  places: Int32Array,
  offset: number,
  rows: number,
  weight: Float64Array,
  sum: Float64Array,
): void {
  for (let i = 0; i < rows; i++) {
    const bin = codes[places[i]! + offset]!;
    const at = bin * 2;
    seen[bin >>> 5]! |= 1 << (bin & 31);
    bins[at]! += weight[i]!;
    bins[at + 1]! += sum[i]!;
  }
}

function crossBins(
  bins: Float64Array,
  seen: Int32Array,
  missing: number,
  W: number,
  S: number,
  floor: number,
  found: Found,
): number {
  const withMissing = missing >= 0 && (seen[missing >>> 5]! & (1 << (missing & 31))) !== 0;
  let low = -1;
  let below = NO_BETTER;
  let above = 0;
  let wL = 0;
  let sL = 0;
  let best = withMissing ? Infinity : found.score;
  let weightBest = 0;
  let many = 0;
  for (let word = 0; word < 8; word++) {
    let bits = seen[word]!;
    seen[word] = 0;
    while (bits !== 0) {
      const bin = (word << 5) + 31 - Math.clz32(bits & -bits);
      bits &= bits - 1;
      const gain = gainOfSums(W, S, wL, sL);
      if (gain > best && wL >= floor && W - wL >= floor) {
        best = gain;
        weightBest = wL;
        below = low;
        above = bin;
      }
      low = bin;
      many++;
      const at = bin * 2;
      wL += bins[at]!;
      sL += bins[at + 1]!;
      bins[at] = 0;
      bins[at + 1] = 0;
    }
  }
  if (many === 1) return CONSTANT;
  if (withMissing) return MISSING;
  if (below >= 0) {
    found.score = best;
    found.weight = weightBest;
    found.low = below;
    found.high = above;
  }
  return below;
}
