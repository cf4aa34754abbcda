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
  const present = [...sums.hessian.keys()].filter((bin) => sums.hessian[bin]! > 0);
  if (present.length < 2) return undefined;
  const single = feature.bins <= search.categorical.oneHot;
  const candidates = single ? oneHotSides(present, sums, search) : sortedSides(present, sums, search);
  if (search.random === undefined) return best(candidates);
  const every = [...candidates];
  return every[Math.floor((search.random * every.length) / 4294967296)];
}

/** The first of the greatest gain. */
function best(candidates: Iterable<CategorySplit>): CategorySplit | undefined {
  let best: CategorySplit | undefined;
  for (const split of candidates) if (best === undefined || split.gain > best.gain) best = split;
  return best;
}

function* oneHotSides(
  present: readonly number[],
  sums: BinSums,
  { limits, quantised }: CategorySearch,
): Generator<CategorySplit> {
  for (const bin of present) {
    const left = { gradient: sums.gradient[bin]!, hessian: sums.hessian[bin]! };
    if (left.hessian < quantised.least || limits.sums.hessian - left.hessian < quantised.least) continue;
    yield { gain: splitGain(left, limits.sums, quantised), bins: [bin], sums: left, extraL2: 0 };
  }
}

function* sortedSides(
  present: readonly number[],
  sums: BinSums,
  search: CategorySearch,
): Generator<CategorySplit> {
  const { limits, quantised, categorical, scales } = search;
  const rowsOf = (hessian: number) => Math.floor((limits.rows * hessian) / limits.sums.hessian + 0.5);
  const order = (bin: number) =>
    (sums.gradient[bin]! * scales.gradient) / (sums.hessian[bin]! * scales.hessian + categorical.smooth);
  const sorted = present
    .filter((bin) => rowsOf(sums.hessian[bin]!) >= categorical.smooth)
    .toSorted((one, other) => order(one) - order(other) || one - other);
  const most = Math.min(categorical.most, Math.floor((sorted.length + 1) / 2));
  const leastRight = Math.max(quantised.least, leastHessian(limits, categorical.minRows, scales));
  const l2 = quantised.l2 + categorical.l2 / scales.hessian;
  for (const side of [sorted, sorted.toReversed()]) {
    const left = { gradient: 0, hessian: 0 };
    let group = 0;
    for (let count = 1; count <= most; count++) {
      const bin = side[count - 1]!;
      left.gradient += sums.gradient[bin]!;
      left.hessian += sums.hessian[bin]!;
      group += rowsOf(sums.hessian[bin]!);
      if (left.hessian < quantised.least) continue;
      if (limits.sums.hessian - left.hessian < leastRight) break;
      if (group < categorical.minRows) continue;
      group = 0;
      yield {
        gain: splitGain(left, limits.sums, quantised, l2),
        bins: side.slice(0, count),
        sums: { ...left },
        extraL2: categorical.l2,
      };
    }
  }
}
