import type { TreeCategory } from "./tree-ensemble.ts";

/** How a column's values became bins. */
export type BinnedFeature =
  | {
      readonly kind: "numeric";
      readonly name: string;
      /** Bin b holds `upper[b - 1] < x <= upper[b]`; ascending, the last is Infinity. 1 to 255 of them. */
      readonly upper: Float64Array;
      /** Whether one more bin, the last, holds what is missing. */
      readonly missing: boolean;
      /** All bins, that of missing values included: 1 to 256. */
      readonly bins: number;
    }
  | {
      readonly kind: "categorical";
      readonly name: string;
      readonly categories: readonly TreeCategory[];
      /** The code that bin b stands for; the bin after the last of them holds what is missing, rare or unknown. */
      readonly codes: Int32Array;
      /** `codes.length + 1` */
      readonly bins: number;
    };

/** Rows of which only bins are left, a column at a time. */
export interface BinnedTable {
  readonly rows: number;
  readonly features: readonly BinnedFeature[];
  /** The bin of each row, for each feature: [features][rows]. Views, perhaps of one shared memory. */
  readonly bins: readonly Uint8Array[];
}

/**
 * Memory for the bins of one feature, a byte each row; asked once for each feature, in order, before any bin is written.
 * Default: a `Uint8Array` of its own. Shared memory and that of a WebAssembly module will do; `OpenTreeKernels.reserve`
 * gives memory in which kernels need no copy.
 *
 * @param features how often it will be asked, where that is known.
 */
export type AllocateBins = (bytes: number, features?: number) => Uint8Array;
