import type { QuantisedSums } from "../kernel/tree-kernels.ts";

/** A split that was found for a leaf, not yet carried out. */
export interface FoundSplit {
  readonly feature: number;
  readonly gain: number;
  /** The last bin of a numeric feature that goes left; -1 for categories. */
  readonly bin: number;
  /** Bins of categories that go left; of a numeric feature undefined. */
  readonly categories: ArrayLike<number> | undefined;
  readonly missingLeft: boolean;
  /** Sums of the left side. */
  readonly sums: QuantisedSums;
  /** What the values of the two sides are regularised by in addition to `l2`. */
  readonly extraL2: number;
}

/** A leaf of the tree that grows. */
export interface GrowingLeaf {
  readonly node: number;
  /** The kernels' leaf. */
  readonly leaf: number;
  readonly depth: number;
  readonly rows: number;
  readonly sums: QuantisedSums;
  /** Bounds of its value, in the unit of scores. */
  readonly lower: number;
  readonly upper: number;
  /** Features asked on the way from the root. */
  readonly path: readonly number[];
  /** 1 for features that may be asked below this path. */
  readonly reachable: Uint8Array;
  /** The slot of its histogram; -1 without one. */
  slot: number;
  split: FoundSplit | undefined;
}
