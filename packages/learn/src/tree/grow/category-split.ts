import type { BinnedFeature } from "../binned-table.ts";
import { leastHessian, type QuantisedLimits } from "../kernel/scan-scale.ts";
import { splitGain } from "../kernel/split-gain.ts";
import type { QuantisedSums, ScanLimits } from "../kernel/tree-kernels.ts";
import type { Growth } from "./growth.ts";

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
  readonly categorical: Growth["categorical"];
  /** A number in 0..2^32-1 where only one split is tried, undefined for all. */
  readonly random: number | undefined;
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
  const present: number[] = [];
  for (let bin = 0; bin < feature.bins; bin++) if (sums.hessian[bin]! > 0) present.push(bin);
  if (present.length < 2) return undefined;
  const offers: Prefix[] = [];
  const take: Offer = (offer) => {
    if (search.random !== undefined) offers.push(offer);
    else if (offers.length === 0 || offer.gain > offers[0]!.gain) offers[0] = offer;
  };
  if (feature.bins <= search.categorical.oneHot) offerEach(present, sums, search, take);
  else offerSorted(present, sums, search, take);
  const chosen = offers[Math.floor(((search.random ?? 0) * offers.length) / 4294967296)];
  if (chosen === undefined) return undefined;
  const { gain, order, from, count, gradient, hessian, extraL2 } = chosen;
  return { gain, bins: order.slice(from, from + count), sums: { gradient, hessian }, extraL2 };
}

/** The first `count` categories of an order, from a place on, with their sums. */
interface Prefix extends QuantisedSums {
  readonly gain: number;
  readonly order: readonly number[];
  readonly from: number;
  readonly count: number;
  readonly extraL2: number;
}

/** Takes a split in; the first of the greatest gain is kept. */
type Offer = (prefix: Prefix) => void;

function offerEach(
  order: readonly number[],
  sums: BinSums,
  { limits, quantised }: CategorySearch,
  take: Offer,
): void {
  for (const [from, bin] of order.entries()) {
    const left = { gradient: sums.gradient[bin]!, hessian: sums.hessian[bin]! };
    if (left.hessian < quantised.least || limits.sums.hessian - left.hessian < quantised.least) continue;
    take({ ...left, gain: splitGain(left, limits.sums, quantised), order, from, count: 1, extraL2: 0 });
  }
}

function offerSorted(present: readonly number[], sums: BinSums, search: CategorySearch, take: Offer): void {
  const { limits, categorical, scales } = search;
  const rows = new Float64Array(sums.hessian.length);
  const key = new Float64Array(sums.hessian.length);
  const sorted: number[] = [];
  for (const bin of present) {
    const [gradient, hessian] = [sums.gradient[bin]!, sums.hessian[bin]!];
    rows[bin] = Math.floor((limits.rows * hessian) / limits.sums.hessian + 0.5);
    key[bin] = (gradient * scales.gradient) / (hessian * scales.hessian + categorical.smooth);
    if (rows[bin] >= categorical.smooth) sorted.push(bin);
  }
  sorted.sort((one, other) => key[one]! - key[other]! || one - other);
  offerPrefixes(sorted, rows, sums, search, take);
  offerPrefixes(sorted.toReversed(), rows, sums, search, take);
}

function offerPrefixes(
  order: readonly number[],
  rows: Float64Array,
  sums: BinSums,
  { limits, quantised, categorical, scales }: CategorySearch,
  take: Offer,
): void {
  const most = Math.min(categorical.most, Math.floor((order.length + 1) / 2));
  const leastRight = Math.max(quantised.least, leastHessian(limits, categorical.minRows, scales));
  const l2 = quantised.l2 + categorical.l2 / scales.hessian;
  const left = { gradient: 0, hessian: 0 };
  let group = 0;
  for (let count = 1; count <= most; count++) {
    const bin = order[count - 1]!;
    left.gradient += sums.gradient[bin]!;
    left.hessian += sums.hessian[bin]!;
    group += rows[bin]!;
    if (left.hessian < quantised.least) continue;
    if (limits.sums.hessian - left.hessian < leastRight) break;
    if (group < categorical.minRows) continue;
    group = 0;
    const gain = splitGain(left, limits.sums, quantised, l2);
    take({ gain, order, from: 0, count, ...left, extraL2: categorical.l2 });
  }
}
