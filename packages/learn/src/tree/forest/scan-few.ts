import type { Found } from "./scan-boundary.ts";
import type { NodeRows } from "./node-rows.ts";
import { sortRows } from "./row-sorter.ts";

/** All picked rows are in one bin. */
export const CONSTANT = -2;
/** Rows are missing among those that were picked: a matter for `scanBoundaries`. */
export const MISSING = -3;
/** No boundary was better than what was known. */
export const NO_BETTER = -1;

/**
 * What `scanBoundaries` does for targets that are classes, and the numbers of a small node in which none is missing: its rows are sorted by bin, and
 * cross from right to left one by one, so that no bin has sums to be cleared and no class that does not move is looked
 * at.
 *
 * @param missing the feature's bin of missing values, or -1.
 * @param floor weight of either side at least.
 * @returns a number below 0, or that of a bin if a boundary is better than `found`, which is written.
 */
export function scanFew(s: NodeRows, rows: number, missing: number, floor: number, found: Found): number {
  const { picked, own, total, sorter, seen } = s;
  const { keys } = sorter;
  sortRows(sorter, picked, rows, seen);
  const most = keys[rows - 1]! >> 16;
  if (keys[0]! >> 16 === most) return CONSTANT;
  if (most === missing) return MISSING;
  return crossClasses(keys, rows, own.weight, own.class, total, s.left, s.right, floor, found);
}

function crossClasses(
  keys: Int32Array,
  rows: number,
  weight: Float64Array,
  classes: Int32Array,
  total: Float64Array,
  left: Float64Array,
  right: Float64Array,
  floor: number,
  found: Found,
): number {
  const W = total[0]!;
  let [low, below, above] = [keys[0]! >> 16, NO_BETTER, 0];
  let [wL, squaresL, squaresR, best, weightBest] = [0, 0, 0, found.score, 0];
  for (let k = 1; k < total.length; k++) {
    const r = total[k]!;
    left[k] = 0;
    right[k] = r;
    squaresR += r * r;
  }
  for (let at = 0; at < rows; at++) {
    const key = keys[at]!;
    const bin = key >> 16;
    if (bin !== low) {
      const wR = W - wL;
      const score = squaresL / wL + squaresR / wR;
      if (score > best && wL >= floor && wR >= floor) {
        best = score;
        weightBest = wL;
        below = low;
        above = bin;
      }
      low = bin;
    }
    const i = key & 0xffff;
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
  if (below >= 0) {
    found.score = best;
    found.weight = weightBest;
    found.low = below;
    found.high = above;
  }
  return below;
}
