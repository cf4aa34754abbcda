import type { BinnedFeature } from "../binned-table.ts";
import { binBounds, valueCounts, type BoundOptions } from "./bin-bound.ts";
import type { BinSettings } from "./bin-option.ts";
import { columnKernels } from "./column-kernels.ts";
import type { SortRoom } from "./sort-room.ts";
import { sortedIn } from "./sort-value.ts";
import { wasmBounds } from "./wasm-bound.ts";

/** Numeric bins of a sample of a column, sorted in the room given. Whether anything is missing is found later, when all rows are coded. */
export function numericBins(
  name: string,
  sample: Float32Array | Float64Array,
  ofSingles: boolean,
  { bins, minBinRows }: BinSettings,
  room: SortRoom,
): BinnedFeature {
  const options = { bins, minRows: minBinRows, ofSingles };
  const kernels = columnKernels();
  const upper =
    (kernels === undefined ? undefined : wasmBounds(kernels, sample, options)) ??
    plainBounds(sample, options, room);
  return Object.freeze({ kind: "numeric", name, upper, missing: false, bins: upper.length });
}

/** The bounds of a sample, sorted in the room given: what `wasmBounds` is held against. */
export function plainBounds(
  sample: Float32Array | Float64Array,
  options: BoundOptions,
  room: SortRoom,
): Float64Array {
  const sorted = sortedIn(sample, room);
  // Keys are not needed any more.
  const { movedKeys } = room.of(sorted.length);
  const counts = new Int32Array(movedKeys.buffer, movedKeys.byteOffset, sorted.length);
  return binBounds(valueCounts(sorted, counts), options);
}

/** A numeric feature with a bin for missing values, where any were seen. */
export function withMissing(feature: BinnedFeature, seen: boolean): BinnedFeature {
  if (feature.kind === "categorical" || !seen) return feature;
  return Object.freeze({ ...feature, missing: true, bins: feature.upper.length + 1 });
}
