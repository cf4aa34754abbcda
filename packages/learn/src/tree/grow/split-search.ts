import type { BinnedFeature } from "../binned-table.ts";
import { type CategorySearch, type CategorySplit, categorySplit } from "../kernel/category-split.ts";
import { quantisedLimits } from "../kernel/scan-scale.ts";
import type { LeafSplits, ScanLimits, TreeKernels } from "../kernel/tree-kernels.ts";
import type { FoundSplit, GrowingLeaf } from "./growing-leaf.ts";
import type { Growing } from "./growing.ts";
import type { Growth } from "./growth.ts";

/** A leaf whose histogram is there, and the features that it looks at. */
export interface AskingLeaf {
  readonly leaf: GrowingLeaf;
  /** 1 for features that may be asked. */
  readonly asked: Uint8Array;
}

/**
 * The best split of each leaf; undefined where none gains more than `minGain` and 0. Of equal gains, the smaller
 * feature's.
 */
export function findSplits(
  growing: Pick<Growing, "kernels" | "growth" | "scales" | "random">,
  asking: readonly AskingLeaf[],
): readonly (FoundSplit | undefined)[] {
  const { kernels, growth } = growing;
  if (growth.extra === true) return asking.map((one) => randomSplit(growing, one));
  const [one, other] = asking;
  if (one === undefined) return [];
  const limits = scanLimits(growth, one);
  if (other === undefined) return [bestSplit(kernels, growth, one, kernels.scan(one.leaf.slot, limits))];
  const both = kernels.scanBoth([one.leaf.slot, other.leaf.slot], [limits, scanLimits(growth, other)]);
  return [bestSplit(kernels, growth, one, both[0]), bestSplit(kernels, growth, other, both[1])];
}

function scanLimits(
  { l1, l2, minChildWeight, minChildRows, maxDelta, monotone, categorical }: Growth,
  { leaf: { sums, rows, lower, upper }, asked }: AskingLeaf,
): ScanLimits {
  return {
    sums,
    rows,
    l1,
    l2,
    minChildWeight,
    minChildRows,
    maxDelta,
    lower,
    upper,
    monotone,
    allowed: asked,
    randomSeed: undefined,
    categorical,
  };
}

function bestSplit(
  { table: { features } }: TreeKernels,
  { minGain, categorical }: Growth,
  { asked }: AskingLeaf,
  splits: LeafSplits,
): FoundSplit | undefined {
  const best = bestFeature(asked, splits.gain, Math.max(0, minGain));
  if (best < 0) return undefined;
  const { kind, bins } = features[best]!;
  if (kind === "numeric") return numericSplit(best, splits);
  return {
    feature: best,
    gain: splits.gain[best]!,
    bin: -1,
    ...categoriesOf(splits.leftBins.slice(256 * best, 256 * best + splits.bin[best]!), bins),
    sums: sumsOf(best, splits),
    extraL2: bins <= categorical.oneHot ? 0 : categorical.l2,
  };
}

function bestFeature(asked: Uint8Array, gains: Float64Array, least: number): number {
  let [best, gain] = [-1, least];
  for (let f = 0; f < asked.length; f++) {
    if (asked[f] === 0 || !(gains[f]! > gain)) continue;
    best = f;
    gain = gains[f]!;
  }
  return best;
}

function sumsOf(feature: number, { gradient, hessian }: LeafSplits): FoundSplit["sums"] {
  return { gradient: gradient[feature]!, hessian: hessian[feature]! };
}

function numericSplit(feature: number, splits: LeafSplits): FoundSplit {
  return {
    feature,
    gain: splits.gain[feature]!,
    bin: splits.bin[feature]!,
    categories: undefined,
    missingLeft: splits.missingLeft[feature] === 1,
    sums: sumsOf(feature, splits),
    extraL2: 0,
  };
}

function categoriesOf(categories: Uint8Array | readonly number[], bins: number) {
  return { categories, missingLeft: categories.includes(bins - 1) };
}

/** One random split is tried of each feature; of categories it is drawn from all that there are. */
function randomSplit(
  { kernels, growth, scales, random }: Pick<Growing, "kernels" | "growth" | "scales" | "random">,
  asking: AskingLeaf,
): FoundSplit | undefined {
  const limits = { ...scanLimits(growth, asking), randomSeed: random.uint32(), categorical: undefined };
  const { leaf, asked } = asking;
  const splits = kernels.scan(leaf.slot, limits);
  const { features } = kernels.table;
  let best = bestFeature(asked, splits.gain, Math.max(0, growth.minGain));
  let gain = best < 0 ? Math.max(0, growth.minGain) : splits.gain[best]!;
  let categories: CategorySplit | undefined;
  const found = best < 0 ? undefined : numericSplit(best, splits);
  const quantised = quantisedLimits(limits, scales);
  for (let f = 0; f < features.length; f++) {
    const feature: BinnedFeature = features[f]!;
    if (asked[f] === 0 || feature.kind === "numeric") continue;
    const { categorical } = growth;
    const search: CategorySearch = { scales, limits, quantised, categorical, random: random.uint32() };
    const candidate = categorySplit(feature, kernels.bins(leaf.slot, f), search);
    if (candidate === undefined || !(candidate.gain > gain || (candidate.gain === gain && f < best)))
      continue;
    best = f;
    gain = candidate.gain;
    categories = candidate;
  }
  if (categories === undefined) return found;
  return {
    feature: best,
    gain,
    bin: -1,
    ...categoriesOf(categories.bins, features[best]!.bins),
    sums: categories.sums,
    extraL2: categories.extraL2,
  };
}
