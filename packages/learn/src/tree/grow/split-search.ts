import type { Random } from "../../random.ts";
import { quantisedLimits } from "../kernel/scan-scale.ts";
import type { NumericSplits, QuantisedSums, ScanLimits, TreeKernels } from "../kernel/tree-kernels.ts";
import { type CategorySearch, type CategorySplit, categorySplit } from "./category-split.ts";
import type { FoundSplit, GrowingLeaf } from "./growing-leaf.ts";
import type { Growth } from "./growth.ts";

/**
 * The best split of a leaf whose histogram is there; undefined where none gains more than `minGain` and 0. Of equal
 * gains, the smaller feature's.
 */
export function findSplit(
  kernels: TreeKernels,
  growth: Growth,
  scales: QuantisedSums,
  leaf: GrowingLeaf,
  allowed: Uint8Array,
  random: Random,
): FoundSplit | undefined {
  const randomSeed = growth.extra === true ? random.uint32() : undefined;
  const limits = scanLimits(growth, leaf, allowed, randomSeed);
  const numeric = kernels.scan(leaf.slot, limits);
  const search: CategorySearch = {
    scales,
    limits,
    quantised: quantisedLimits(limits, scales),
    categorical: growth.categorical,
    random: undefined,
  };
  let best = -1;
  let gain = Math.max(0, growth.minGain);
  let categories: CategorySplit | undefined;
  const { features } = kernels.table;
  const { gain: numericGain } = numeric;
  for (let f = 0; f < features.length; f++) {
    if (allowed[f] === 0) continue;
    const feature = features[f]!;
    let found: CategorySplit | undefined;
    if (feature.kind === "categorical") {
      search.random = growth.extra === true ? random.uint32() : undefined;
      found = categorySplit(feature, kernels.bins(leaf.slot, f), search);
      if (found === undefined) continue;
    }
    const candidate = found === undefined ? numericGain[f]! : found.gain;
    if (!(candidate > gain)) continue;
    best = f;
    gain = candidate;
    categories = found;
  }
  if (best < 0) return undefined;
  return categories === undefined
    ? numericSplit(kernels, best, numeric)
    : categoricalSplit(kernels, best, categories);
}

function scanLimits(
  growth: Growth,
  leaf: GrowingLeaf,
  allowed: Uint8Array,
  randomSeed: number | undefined,
): ScanLimits {
  const { l1, l2, minChildWeight, minChildRows, maxDelta, monotone } = growth;
  const { sums, rows, lower, upper } = leaf;
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
    allowed,
    randomSeed,
  };
}

function numericSplit(kernels: TreeKernels, feature: number, found: NumericSplits): FoundSplit {
  const { bins } = kernels.table.features[feature]!;
  const bin = found.bin[feature]!;
  const left = new Uint8Array(bins).fill(1, 0, bin + 1);
  const missingLeft = found.missingLeft[feature] === 1;
  const described = kernels.table.features[feature]!;
  if (described.kind === "numeric" && described.missing) left[bins - 1] = missingLeft ? 1 : 0;
  const sums = { gradient: found.gradient[feature]!, hessian: found.hessian[feature]! };
  return { feature, gain: found.gain[feature]!, bin, left, missingLeft, sums, extraL2: 0 };
}

function categoricalSplit(kernels: TreeKernels, feature: number, found: CategorySplit): FoundSplit {
  const { bins } = kernels.table.features[feature]!;
  const left = new Uint8Array(bins);
  for (const bin of found.bins) left[bin] = 1;
  const { gain, sums, extraL2 } = found;
  return { feature, gain, bin: -1, left, missingLeft: left[bins - 1] === 1, sums, extraL2 };
}
