import type { NodeRows } from "./node-rows.ts";
import type { Found } from "./scan-boundary.ts";

/** All picked rows are in one bin. */
export const CONSTANT = -2;
/** Rows are missing among those that were picked: a matter for `scanBoundaries`. */
export const MISSING = -3;
/** No boundary was better than what was known. */
export const NO_BETTER = -1;

/**
 * What `scanBoundaries` does for the numbers of a small node in which none is missing: its rows are chained by bin, and
 * cross from right to left one by one, so that no bin has sums to be cleared and no class that does not move is looked
 * at.
 *
 * @param missing the feature's bin of missing values, or -1.
 * @param floor weight of either side at least.
 * @returns the best cut, if better than `found`, which is written; else a number below 0.
 */
export function scanFew(s: NodeRows, rows: number, missing: number, floor: number, found: Found): number {
  const { last, before, seen, picked, own, total } = s;
  chain(last, before, seen, picked, rows);
  if (missing >= 0 && last[missing]! >= 0) {
    unchain(last, seen, picked, rows);
    return MISSING;
  }
  if (s.source.classes === 0)
    return crossNumbers(last, before, seen, own.weight, own.sum, total[0]!, total[1]!, floor, found);
  return crossClasses(last, before, seen, own.weight, own.class, total, s.left, s.right, floor, found);
}

function chain(
  last: Int32Array,
  before: Int32Array,
  seen: Int32Array,
  picked: Uint8Array,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) {
    const bin = picked[i]!;
    before[i] = last[bin]!;
    last[bin] = i;
    seen[bin >>> 5]! |= 1 << (bin & 31);
  }
}

function unchain(last: Int32Array, seen: Int32Array, picked: Uint8Array, rows: number): void {
  for (let i = 0; i < rows; i++) last[picked[i]!] = -1;
  seen.fill(0);
}

function crossNumbers(
  last: Int32Array,
  before: Int32Array,
  seen: Int32Array,
  weight: Float64Array,
  sum: Float64Array,
  W: number,
  S: number,
  floor: number,
  found: Found,
): number {
  let [low, bins, cut] = [0, 0, NO_BETTER];
  let [wL, sL, best] = [0, 0, found.score];
  for (let word = 0; word < 8; word++) {
    let bits = seen[word]!;
    seen[word] = 0;
    while (bits !== 0) {
      const bin = (word << 5) + 31 - Math.clz32(bits & -bits);
      bits &= bits - 1;
      const wR = W - wL;
      if (bins > 0 && wL >= floor && wR >= floor) {
        const sR = S - sL;
        const score = (sL * sL) / wL + (sR * sR) / wR;
        if (score > best) {
          best = score;
          found.weight = wL;
          cut = (low + bin - 1) >> 1;
        }
      }
      for (let i = last[bin]!; i >= 0; i = before[i]!) {
        wL += weight[i]!;
        sL += sum[i]!;
      }
      last[bin] = -1;
      low = bin;
      bins++;
    }
  }
  found.score = best;
  return bins > 1 ? cut : CONSTANT;
}

function crossClasses(
  last: Int32Array,
  before: Int32Array,
  seen: Int32Array,
  weight: Float64Array,
  classes: Int32Array,
  total: Float64Array,
  left: Float64Array,
  right: Float64Array,
  floor: number,
  found: Found,
): number {
  const W = total[0]!;
  let [low, bins, cut] = [0, 0, NO_BETTER];
  let [wL, squaresL, squaresR, best] = [0, 0, 0, found.score];
  for (let k = 1; k < total.length; k++) {
    const r = total[k]!;
    left[k] = 0;
    right[k] = r;
    squaresR += r * r;
  }
  for (let word = 0; word < 8; word++) {
    let bits = seen[word]!;
    seen[word] = 0;
    while (bits !== 0) {
      const bin = (word << 5) + 31 - Math.clz32(bits & -bits);
      bits &= bits - 1;
      const wR = W - wL;
      if (bins > 0 && wL >= floor && wR >= floor) {
        const score = squaresL / wL + squaresR / wR;
        if (score > best) {
          best = score;
          found.weight = wL;
          cut = (low + bin - 1) >> 1;
        }
      }
      for (let i = last[bin]!; i >= 0; i = before[i]!) {
        const k = classes[i]! + 1;
        const w = weight[i]!;
        const l = left[k]!;
        const r = right[k]!;
        wL += w;
        squaresL += w * (2 * l + w);
        squaresR += w * (w - 2 * r);
        left[k] = l + w;
        right[k] = r - w;
      }
      last[bin] = -1;
      low = bin;
      bins++;
    }
  }
  found.score = best;
  return bins > 1 ? cut : CONSTANT;
}
