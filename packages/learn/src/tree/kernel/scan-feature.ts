import type { BinnedFeature } from "../binned-table.ts";
import { hash32 } from "./hash32.ts";
import type { Histogram } from "./histogram.ts";
import { scanBounded } from "./scan-bounded.ts";
import { scanFree } from "./scan-free.ts";
import type { QuantisedLimits } from "./scan-scale.ts";
import { splitGain } from "./split-gain.ts";
import type { QuantisedSums } from "./tree-kernels.ts";

/** What a leaf's histogram says about one numeric feature. */
export interface FeatureSums {
  readonly histogram: Histogram;
  /** Where the feature's sums begin. */
  readonly base: number;
  readonly total: QuantisedSums;
  readonly missing: QuantisedSums;
  /** -1, 0 or 1. */
  readonly monotone: number;
}

/** The best threshold of one pass: `bin` -1 where there is none, else the sums of the left side. */
interface Found {
  bin: number;
  gradient: number;
  hessian: number;
}

/** Looks for the best threshold among bins `from` to `to` (excluded), with what is missing on the left or not. */
export type ScanPass = (
  sums: FeatureSums,
  from: number,
  to: number,
  limits: QuantisedLimits,
  missingLeft: boolean,
  into: Found,
) => void;

/** The best split of a feature. */
export interface FeatureSplit extends Found {
  gain: number;
  missingLeft: boolean;
}

/**
 * The best split of a numeric feature in a leaf; undefined where there is none. One pass over the bins has what is
 * missing on the right, a second one, only where the leaf has missing rows, on the left. The second one's best is
 * taken where its gain (`splitGain`) is greater, or equal at a smaller bin. Where the leaf has no missing rows (the sums
 * of their bin are 0, or there is no such bin), missing values will go to the side with the greater hessian, left if
 * equal.
 *
 * @param randomSeed where set, the one bin that is tried: between the first and the last bin of which the hessian is
 *   not 0 (the last excluded), drawn by `floor(hash32(seed, place) * (last - first) / 2^32)`.
 */
export function scanFeature(
  feature: Extract<BinnedFeature, { kind: "numeric" }>,
  place: number,
  sums: FeatureSums,
  limits: QuantisedLimits,
  randomSeed: number | undefined,
): FeatureSplit | undefined {
  const valueBins = feature.upper.length;
  const pass = limits.bounded ? scanBounded : scanFree;
  const hasMissing = sums.missing.gradient !== 0 || sums.missing.hessian !== 0;
  let [from, to] = [0, valueBins];
  if (randomSeed !== undefined) {
    from = randomBin(sums, valueBins, hash32(randomSeed, place));
    to = from + 1;
  }
  const right = { bin: -1, gradient: 0, hessian: 0 };
  pass(sums, from, to, limits, false, right);
  const gainRight = right.bin < 0 ? -Infinity : splitGain(right, sums.total, limits);
  if (!hasMissing) {
    if (right.bin < 0) return undefined;
    return { ...right, gain: gainRight, missingLeft: 2 * right.hessian >= sums.total.hessian };
  }
  const left = { bin: -1, gradient: 0, hessian: 0 };
  pass(sums, from, to, limits, true, left);
  const gainLeft = left.bin < 0 ? -Infinity : splitGain(left, sums.total, limits);
  if (left.bin < 0 && right.bin < 0) return undefined;
  const leftWins = gainLeft > gainRight || (gainLeft === gainRight && left.bin < right.bin);
  return leftWins
    ? { ...left, gain: gainLeft, missingLeft: true }
    : { ...right, gain: gainRight, missingLeft: false };
}

function randomBin(sums: FeatureSums, valueBins: number, bits: number): number {
  const hessian = (bin: number) => sums.histogram[sums.base + 2 * bin + 1]!;
  let first = 0;
  while (first < valueBins - 1 && hessian(first) === 0) first++;
  let last = valueBins - 1;
  while (last > first && hessian(last) === 0) last--;
  return first + Math.floor((bits * (last - first)) / 4294967296);
}
