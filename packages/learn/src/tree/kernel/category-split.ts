import type { BinnedFeature } from "../binned-table.ts";
import { leastHessian, type QuantisedLimits } from "./scan-scale.ts";
import { sortByKey } from "./sort-by-key.ts";
import { splitGain } from "./split-gain.ts";
import type { CategoryLimits, QuantisedSums, ScanLimits } from "./tree-kernels.ts";

/** Sums of one feature's bins. [bins] */
export interface BinSums {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** Categories that go left. */
export interface CategorySplit {
  readonly gain: number;
  readonly bins: readonly number[];
  readonly sums: QuantisedSums;
  readonly extraL2: number;
}

type CategoricalFeature = Extract<BinnedFeature, { kind: "categorical" }>;

/** What splits of categories are looked for with. */
export interface CategorySearch {
  readonly scales: QuantisedSums;
  readonly limits: ScanLimits;
  readonly quantised: QuantisedLimits;
  readonly categorical: CategoryLimits;
  /** A number in 0..2^32-1 where only one split is tried, undefined for all. */
  random: number | undefined;
}

/**
 * The best split of categories in a leaf; undefined where there is none. Each bin is a category, that of missing values
 * too: it goes where it lowers the loss, and to the right, with the rest, where the leaf has none of it.
 *
 * Features with few bins try each category against the rest. Others sort the categories by `G / (H + smooth)`, so that
 * the best of all subsets of the unregularised loss is a prefix (W. Fisher, "On grouping for maximum homogeneity", JASA
 * 1958), and try prefixes from both ends with rules that keep rare categories from being fitted (G. Ke et al.,
 * "LightGBM", NeurIPS 2017, and its current release).
 */
export function categorySplit(
  feature: CategoricalFeature,
  sums: BinSums,
  search: CategorySearch,
): CategorySplit | undefined {
  let count = 0;
  for (let bin = 0; bin < feature.bins; bin++) if (sums.hessian[bin]! > 0) present[count++] = bin;
  if (count < 2) return undefined;
  const offers = offersOf(search.random !== undefined);
  if (feature.bins <= search.categorical.oneHot) offerEach(count, sums, search, offers);
  else offerSorted(count, sums, search, offers);
  const chosen = offers.kept[Math.floor(((search.random ?? 0) * offers.kept.length) / 4294967296)];
  if (chosen === undefined) return undefined;
  const { gain, bins, gradient, hessian, extraL2 } = chosen;
  return { gain, bins, sums: { gradient, hessian }, extraL2 };
}

// Room of a search that is under way, for at most 256 bins; nothing outlives it.
const present = new Int32Array(256);
const rows = new Float64Array(256);
const key = new Float64Array(256);
const sorted = new Int32Array(256);

/** Categories of the left side, with their sums. */
interface Offer extends QuantisedSums {
  readonly gain: number;
  readonly bins: readonly number[];
  readonly extraL2: number;
}

/** Splits to choose from: the first of the greatest gain, or all of which one is drawn. */
interface Offers {
  readonly kept: readonly Offer[];
  /** Whether a split of such a gain is taken; asked before it is written down, as most are not. */
  wants(gain: number): boolean;
  take(offer: Offer): void;
}

function offersOf(all: boolean): Offers {
  const kept: Offer[] = [];
  return {
    kept,
    wants: (gain) => all || kept.length === 0 || gain > kept[0]!.gain,
    take(offer) {
      kept[all ? kept.length : 0] = offer;
    },
  };
}

function offerEach(
  count: number,
  sums: BinSums,
  { limits, quantised }: CategorySearch,
  offers: Offers,
): void {
  for (let at = 0; at < count; at++) {
    const bin = present[at]!;
    const left = { gradient: sums.gradient[bin]!, hessian: sums.hessian[bin]! };
    if (left.hessian < quantised.least || limits.sums.hessian - left.hessian < quantised.least) continue;
    const gain = splitGain(left, limits.sums, quantised);
    if (offers.wants(gain)) offers.take({ ...left, gain, bins: [bin], extraL2: 0 });
  }
}

function offerSorted(count: number, sums: BinSums, search: CategorySearch, offers: Offers): void {
  const { limits, categorical, scales } = search;
  let known = 0;
  for (let at = 0; at < count; at++) {
    const bin = present[at]!;
    const [gradient, hessian] = [sums.gradient[bin]!, sums.hessian[bin]!];
    rows[bin] = Math.floor((limits.rows * hessian) / limits.sums.hessian + 0.5);
    key[bin] = (gradient * scales.gradient) / (hessian * scales.hessian + categorical.smooth);
    if (rows[bin] >= categorical.smooth) sorted[known++] = bin;
  }
  sortByKey(sorted, known, key);
  offerPrefixes(known, sums, search, offers);
  sorted.subarray(0, known).reverse();
  offerPrefixes(known, sums, search, offers);
}

function offerPrefixes(
  known: number,
  sums: BinSums,
  { limits, quantised, categorical, scales }: CategorySearch,
  offers: Offers,
): void {
  const most = Math.min(categorical.most, Math.floor((known + 1) / 2));
  const leastRight = Math.max(quantised.least, leastHessian(limits, categorical.minRows, scales));
  const l2 = quantised.l2 + categorical.l2 / scales.hessian;
  const left = { gradient: 0, hessian: 0 };
  let group = 0;
  for (let count = 1; count <= most; count++) {
    const bin = sorted[count - 1]!;
    left.gradient += sums.gradient[bin]!;
    left.hessian += sums.hessian[bin]!;
    group += rows[bin]!;
    if (left.hessian < quantised.least) continue;
    if (limits.sums.hessian - left.hessian < leastRight) break;
    if (group < categorical.minRows) continue;
    group = 0;
    const gain = splitGain(left, limits.sums, quantised, l2);
    if (!offers.wants(gain)) continue;
    offers.take({ ...left, gain, bins: [...sorted.subarray(0, count)], extraL2: categorical.l2 });
  }
}
