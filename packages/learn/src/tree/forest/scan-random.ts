import type { Random } from "../../random.ts";
import type { NodeRows } from "./node-rows.ts";
import type { Found } from "./scan-boundary.ts";
import { CONSTANT, MISSING, NO_BETTER } from "./scan-few.ts";

/**
 * One boundary of the numbers of a node in which none is missing, drawn between its least and largest bin: their rows
 * need no sums by bin.
 *
 * @param missing the feature's bin of missing values, or -1.
 * @param floor weight of either side at least.
 * @returns the cut, if better than `found`, which is written; else a number below 0.
 */
export function scanRandom(
  s: NodeRows,
  rows: number,
  missing: number,
  floor: number,
  centre: Float64Array,
  random: Random,
  found: Found,
): number {
  const { picked, own, total, left } = s;
  const ends = endsOf(picked, rows);
  const [least, most] = [ends & 255, ends >> 8];
  if (most === missing) return least === missing ? CONSTANT : MISSING;
  if (least === most) return CONSTANT;
  const cut = randomCut(centre, least, most, random);
  let score: number;
  if (s.source.classes === 0) {
    left[1] = leftSum(picked, own.sum, rows, cut);
    left[0] = leftSum(picked, own.weight, rows, cut);
    const [sL, sR] = [left[1], total[1]! - left[1]];
    score = (sL * sL) / left[0] + (sR * sR) / (total[0]! - left[0]);
  } else {
    left.fill(0);
    leftClasses(picked, own.weight, own.class, left, rows, cut);
    score = squaresScore(left, total);
  }
  const wL = left[0]!;
  if (!(wL >= floor && total[0]! - wL >= floor && score > found.score)) return NO_BETTER;
  found.score = score;
  found.weight = wL;
  return cut;
}

/** A bin from the least up to the one before the largest, as likely as its way to the next is long. */
export function randomCut(centre: Float64Array, least: number, most: number, random: Random): number {
  const share = random.uint32() / 4294967296;
  const value = centre[least]! * (1 - share) + centre[most]! * share;
  let [low, high] = [least, most];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (centre[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** The least bin, and 256 times the largest. */
function endsOf(picked: Uint8Array, rows: number): number {
  let [least, most] = [255, 0];
  for (let i = 0; i < rows; i++) {
    const bin = picked[i]!;
    least = bin < least ? bin : least;
    most = bin > most ? bin : most;
  }
  return least + (most << 8);
}

function leftSum(picked: Uint8Array, values: Float64Array, rows: number, cut: number): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += picked[i]! <= cut ? values[i]! : 0;
  return sum;
}

function leftClasses(
  picked: Uint8Array,
  weight: Float64Array,
  classes: Int32Array,
  left: Float64Array,
  rows: number,
  cut: number,
): void {
  // Rows of the right side add nothing, rather than being passed over: no branch that cannot be foreseen.
  let all = 0;
  for (let i = 0; i < rows; i++) {
    const w = picked[i]! <= cut ? weight[i]! : 0;
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
