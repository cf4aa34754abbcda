import type { BinnedFeature } from "../binned-table.ts";
import { binBounds, valueCounts } from "./bin-bound.ts";
import type { BinSettings } from "./bin-option.ts";
import type { SortRoom } from "./sort-room.ts";
import { sortedIn } from "./sort-value.ts";

/** Numeric bins of a sample of a column, sorted in the room given. Whether anything is missing is found later, when all rows are coded. */
export function numericBins(
  name: string,
  sample: Float32Array | Float64Array,
  ofSingles: boolean,
  { bins, minBinRows }: BinSettings,
  room: SortRoom,
): BinnedFeature {
  const sorted = sortedIn(sample, room);
  // Keys are not needed any more.
  const { movedKeys } = room.of(sorted.length);
  const counts = new Int32Array(movedKeys.buffer, movedKeys.byteOffset, sorted.length);
  const upper = binBounds(valueCounts(sorted, counts), { bins, minRows: minBinRows, ofSingles });
  return Object.freeze({ kind: "numeric", name, upper, missing: false, bins: upper.length });
}

/** A numeric feature with a bin for missing values, where any were seen. */
export function withMissing(feature: BinnedFeature, seen: boolean): BinnedFeature {
  if (feature.kind === "categorical" || !seen) return feature;
  return Object.freeze({ ...feature, missing: true, bins: feature.upper.length + 1 });
}
