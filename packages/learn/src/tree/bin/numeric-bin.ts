import type { BinnedFeature } from "../binned-table.ts";
import { binBounds, valueCounts } from "./bin-bound.ts";
import type { BinSettings } from "./bin-option.ts";
import { sortValues } from "./sort-value.ts";

/** Numeric bins of a sample of a column. Whether anything is missing is found later, when all rows are coded. */
export function numericBins(
  name: string,
  sample: Float64Array,
  ofSingles: boolean,
  { bins, minBinRows }: BinSettings,
): BinnedFeature {
  const upper = binBounds(valueCounts(sortValues(sample)), { bins, minRows: minBinRows, ofSingles });
  return Object.freeze({ kind: "numeric", name, upper, missing: false, bins: upper.length });
}

/** A numeric feature with a bin for missing values, where any were seen. */
export function withMissing(feature: BinnedFeature, seen: boolean): BinnedFeature {
  if (feature.kind === "categorical" || !seen) return feature;
  return Object.freeze({ ...feature, missing: true, bins: feature.upper.length + 1 });
}
