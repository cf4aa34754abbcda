import type { BinnedTable } from "../binned-table.ts";
import type { Histogram } from "./histogram.ts";
import { scanFeature } from "./scan-feature.ts";
import { quantisedLimits } from "./scan-scale.ts";
import type { NumericSplits, QuantisedSums, ScanLimits } from "./tree-kernels.ts";

/** The best split of each numeric feature that is allowed, from a leaf's histogram. */
export function scan(
  table: BinnedTable,
  histogram: Histogram,
  first: Int32Array,
  limits: ScanLimits,
  scales: QuantisedSums,
  into: NumericSplits,
): void {
  const quantised = quantisedLimits(limits, scales);
  table.features.forEach((feature, f) => {
    into.gain[f] = -Infinity;
    into.bin[f] = -1;
    if (limits.allowed[f] === 0 || feature.kind !== "numeric") return;
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
export function numericSplits(features: number): NumericSplits {
  return {
    gain: new Float64Array(features),
    bin: new Int32Array(features),
    missingLeft: new Uint8Array(features),
    gradient: new Float64Array(features),
    hessian: new Float64Array(features),
  };
}
