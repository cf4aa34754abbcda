import type { BinnedTable } from "../binned-table.ts";
import { categorySplit } from "./category-split.ts";
import { type Histogram, sumsByBin } from "./histogram.ts";
import { scanFeature } from "./scan-feature.ts";
import { quantisedLimits } from "./scan-scale.ts";
import type { LeafSplits, QuantisedSums, ScanLimits } from "./tree-kernels.ts";

/** The best split of each feature that is allowed, from a leaf's histogram; of categories where limits say how. */
export function scan(
  table: BinnedTable,
  histogram: Histogram,
  first: Int32Array,
  limits: ScanLimits,
  scales: QuantisedSums,
  into: LeafSplits,
): void {
  const quantised = quantisedLimits(limits, scales);
  const { categorical } = limits;
  table.features.forEach((feature, f) => {
    into.gain[f] = -Infinity;
    into.bin[f] = -1;
    if (limits.allowed[f] === 0) return;
    if (feature.kind === "categorical") {
      if (categorical === undefined) return;
      const search = { scales, limits, quantised, categorical, random: undefined };
      const found = categorySplit(feature, sumsByBin(histogram, first[f]!, feature.bins), search);
      if (found === undefined) return;
      into.gain[f] = found.gain;
      into.bin[f] = found.bins.length;
      into.leftBins.set(found.bins, 256 * f);
      into.gradient[f] = found.sums.gradient;
      into.hessian[f] = found.sums.hessian;
      return;
    }
    const base = 2 * first[f]!;
    const missingAt = base + 2 * feature.upper.length;
    const sums = {
      histogram,
      base,
      total: limits.sums,
      missing: feature.missing
        ? { gradient: histogram[missingAt]!, hessian: histogram[missingAt + 1]! }
        : { gradient: 0, hessian: 0 },
      monotone: limits.monotone?.[f] ?? 0,
    };
    const best = scanFeature(feature, f, sums, quantised, limits.randomSeed);
    if (best === undefined) return;
    into.gain[f] = best.gain;
    into.bin[f] = best.bin;
    into.missingLeft[f] = best.missingLeft ? 1 : 0;
    into.gradient[f] = best.gradient;
    into.hessian[f] = best.hessian;
  });
}

/** Room for the splits of so many features. */
export function leafSplits(features: number): LeafSplits {
  return {
    gain: new Float64Array(features),
    bin: new Int32Array(features),
    leftBins: new Uint8Array(256 * features),
    missingLeft: new Uint8Array(features),
    gradient: new Float64Array(features),
    hessian: new Float64Array(features),
  };
}
