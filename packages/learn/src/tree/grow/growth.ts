import type { Tree } from "../tree-ensemble.ts";

/** How one tree is grown. */
export interface Growth {
  /** Leaves at most. */
  readonly leaves: number;
  /** Depth at most; Infinity for any. */
  readonly depth: number;
  readonly minChildWeight: number;
  readonly minChildRows: number;
  readonly minGain: number;
  readonly l1: number;
  readonly l2: number;
  readonly maxDelta: number;
  /** Per feature -1, 0, 1. */
  readonly monotone?: Int8Array | undefined;
  /** Groups of features that may be asked along one path; a feature in no group stands alone. */
  readonly interactions?: readonly (readonly number[])[] | undefined;
  /** 1 for features of this tree. */
  readonly features?: Uint8Array | undefined;
  /** Share of the tree's features that each node looks at. Default 1. */
  readonly featuresByNode?: number | undefined;
  /** One random threshold for each feature. */
  readonly extra?: boolean | undefined;
  readonly categorical: {
    /** Up to so many categories, one against the rest is tried. */
    readonly oneHot: number;
    /** Categories on the smaller side, at most. */
    readonly most: number;
    readonly smooth: number;
    readonly l2: number;
    readonly minRows: number;
  };
  readonly seed: number;
}

/** A tree with the rows that it was grown on still in their leaves. */
export interface GrownTree {
  readonly tree: Tree;
  /** The kernels' leaf of each of the tree's leaves, by node; -1 for branches. [nodes] */
  readonly leafOf: Int32Array;
}
