import type { Random } from "../../random.ts";
import type { NodeRows } from "./node-rows.ts";
import { gainOfSums, type Found } from "./scan-boundary.ts";
import { CONSTANT, MISSING, NO_BETTER } from "./scan-few.ts";

/**
 * One boundary of the numbers of a node in which none is missing, drawn between its least and largest bin: their rows
 * need no sums by bin.
 *
 * @param missing the feature's bin of missing values, or -1.
 * @param floor weight of either side at least.
 * @param ends the least bin of the rows, and 256 times the largest.
 * @returns the cut, if better than `found`, which is written; else a number below 0.
 */
export function scanRandom(
  s: NodeRows,
  rows: number,
  missing: number,
  floor: number,
  centre: Float64Array,
  random: Random,
  ends: number,
  found: Found,
): number {
  const { picked, own, total, left } = s;
  const [least, most] = [ends & 255, ends >> 8];
  if (most === missing) return least === missing ? CONSTANT : MISSING;
  if (least === most) return CONSTANT;
  const cut = randomCut(centre, least, most, random);
  for (let k = 0; k < left.length; k++) left[k] = 0;
  let score: number;
  if (s.source.classes === 0) {
    leftNumbers(picked, own.weight, own.sum, cut, left, rows);
    score = gainOfSums(total[0]!, total[1]!, left[0]!, left[1]!);
  } else {
    leftClasses(picked, own.weight, own.class, cut, left, rows);
    score = squaresScore(left, total);
  }
  const wL = left[0]!;
  if (!(wL >= floor && total[0]! - wL >= floor && score > found.score)) return NO_BETTER;
  found.score = score;
  found.weight = wL;
  return cut;
}

/** Somewhere between two bins' centres, the larger excluded. */
function randomValue(centre: Float64Array, least: number, most: number, random: Random): number {
  const share = random.uint32() / 4294967296;
  const value = centre[least]! * (1 - share) + centre[most]! * share;
  return value < centre[most]! ? value : centre[least]!;
}

/** The last bin from `least` to before `most` whose centre is not above a value. */
function cutAt(centre: Float64Array, least: number, most: number, value: number): number {
  let [low, high] = [least, most];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (centre[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** A bin from the least up to the one before the largest, as likely as its way to the next is long. */
export function randomCut(centre: Float64Array, least: number, most: number, random: Random): number {
  return cutAt(centre, least, most, randomValue(centre, least, most, random));
}

// Rows of the right side add nothing, rather than being passed over: there is no branch, which could not be foreseen.

function leftNumbers(
  picked: Uint8Array,
  weight: Float64Array,
  sum: Float64Array,
  cut: number,
  left: Float64Array,
  rows: number,
): void {
  let [wL, sL] = [0, 0];
  for (let i = 0; i < rows; i++) {
    const goes = (picked[i]! - cut - 1) >>> 31;
    wL += goes * weight[i]!;
    sL += goes * sum[i]!;
  }
  left[0] = wL;
  left[1] = sL;
}

function leftClasses(
  picked: Uint8Array,
  weight: Float64Array,
  classes: Int32Array,
  cut: number,
  left: Float64Array,
  rows: number,
): void {
  let all = 0;
  for (let i = 0; i < rows; i++) {
    const w = ((picked[i]! - cut - 1) >>> 31) * weight[i]!;
    left[classes[i]! + 1]! += w;
    all += w;
  }
  left[0] = all;
}

function squaresScore(left: Float64Array, total: Float64Array): number {
  let [squaresL, squaresR] = [0, 0];
  for (let k = 1; k < total.length; k++) {
    const l = left[k]!;
    const r = total[k]! - l;
    squaresL += l * l;
    squaresR += r * r;
  }
  return squaresL / left[0]! + squaresR / (total[0]! - left[0]!);
}
