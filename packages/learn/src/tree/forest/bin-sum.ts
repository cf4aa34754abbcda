import { isNear } from "./near-row.ts";
import { MANY, type NodeRows } from "./node-rows.ts";

/** Notes the bins of a feature that the node's rows are in. */
export function pickBins(s: NodeRows, feature: number, start: number, rows: number): void {
  const { table, byRow } = s.source;
  if (isNear(s.near, start, start + rows))
    pick(s.picked, s.near.codes, table.bins.length, feature, s.order, start, rows);
  else if (rows >= MANY) pick(s.picked, table.bins[feature]!, 1, 0, s.order, start, rows);
  else pick(s.picked, byRow, table.bins.length, feature, s.order, start, rows);
}

/** As `pickBins`; returns the least bin, and 256 times the largest. */
export function pickEnds(s: NodeRows, feature: number, start: number, rows: number): number {
  const { table, byRow } = s.source;
  if (isNear(s.near, start, start + rows))
    return pickBetween(s.picked, s.near.codes, table.bins.length, feature, s.order, start, rows);
  return rows >= MANY
    ? pickBetween(s.picked, table.bins[feature]!, 1, 0, s.order, start, rows)
    : pickBetween(s.picked, byRow, table.bins.length, feature, s.order, start, rows);
}

/**
 * Sums of the bins that were picked of a feature, and which of them are occupied, ascending; {@link clearBins} takes them
 * back. Returns how many are.
 */
export function fillBins(s: NodeRows, feature: number, rows: number, draws: boolean): number {
  const { bins, stride, own, seen, occupied, picked } = s;
  const { table, classes } = s.source;
  if (classes === 0) addNumbers(bins, picked, rows, own.weight, own.sum);
  else addClasses(bins, stride, picked, rows, own.weight, own.class);
  if (draws) addDraws(s.binDraws, picked, rows, own.drawn);
  if (rows >= MANY) return occupiedOfAll(bins, stride, occupied, table.features[feature]!.bins);
  see(seen, picked, rows);
  return occupiedOfSeen(seen, occupied);
}

// One loop a function, and what it reads in its arguments: a function of several loops is taken from the optimised to
// the slow tier and back whenever another of its loops gets hot, and ran at a tenth of this speed.

function pick(
  picked: Uint8Array,
  from: Uint8Array,
  width: number,
  offset: number,
  order: Int32Array,
  start: number,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) picked[i] = from[order[start + i]! * width + offset]!;
}

function pickBetween(
  picked: Uint8Array,
  from: Uint8Array,
  width: number,
  offset: number,
  order: Int32Array,
  start: number,
  rows: number,
): number {
  let [least, most] = [255, 0];
  for (let i = 0; i < rows; i++) {
    const bin = from[order[start + i]! * width + offset]!;
    picked[i] = bin;
    least = Math.min(least, bin);
    most = Math.max(most, bin);
  }
  return least + (most << 8);
}

function addNumbers(
  bins: Float64Array,
  picked: Uint8Array,
  rows: number,
  weight: Float64Array,
  sum: Float64Array,
): void {
  for (let i = 0; i < rows; i++) {
    const at = picked[i]! * 2;
    bins[at]! += weight[i]!;
    bins[at + 1]! += sum[i]!;
  }
}

function addClasses(
  bins: Float64Array,
  stride: number,
  picked: Uint8Array,
  rows: number,
  weight: Float64Array,
  classes: Int32Array,
): void {
  for (let i = 0; i < rows; i++) {
    const at = picked[i]! * stride;
    const w = weight[i]!;
    bins[at]! += w;
    bins[at + 1 + classes[i]!]! += w;
  }
}

function addDraws(draws: Float64Array, picked: Uint8Array, rows: number, drawn: Float64Array): void {
  for (let i = 0; i < rows; i++) draws[picked[i]!]! += drawn[i]!;
}

function see(seen: Int32Array, picked: Uint8Array, rows: number): void {
  for (let i = 0; i < rows; i++) {
    const bin = picked[i]!;
    seen[bin >>> 5]! |= 1 << (bin & 31);
  }
}

function occupiedOfSeen(seen: Int32Array, occupied: Int32Array): number {
  let count = 0;
  for (let word = 0; word < 8; word++) {
    let bits = seen[word]!;
    seen[word] = 0;
    while (bits !== 0) {
      const lowest = bits & -bits;
      occupied[count++] = (word << 5) + 31 - Math.clz32(lowest);
      bits ^= lowest;
    }
  }
  return count;
}

function occupiedOfAll(bins: Float64Array, stride: number, occupied: Int32Array, many: number): number {
  let count = 0;
  for (let bin = 0; bin < many; bin++) if (bins[bin * stride]! > 0) occupied[count++] = bin;
  return count;
}

/** Sets the sums of bins that were filled back to zero. */
export function clearBins({ bins, binDraws, occupied, stride }: NodeRows, count: number): void {
  if (stride === 2) clearNumbers(bins, occupied, count);
  else clearClasses(bins, stride, occupied, count);
  for (let i = 0; i < count; i++) binDraws[occupied[i]!] = 0;
}

function clearNumbers(bins: Float64Array, occupied: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const at = occupied[i]! * 2;
    bins[at] = 0;
    bins[at + 1] = 0;
  }
}

function clearClasses(bins: Float64Array, stride: number, occupied: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const from = occupied[i]! * stride;
    for (let at = from; at < from + stride; at++) bins[at] = 0;
  }
}
