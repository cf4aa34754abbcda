import type { CategoryLimits } from "../kernel/tree-kernels.ts";
import type { Tree } from "../tree-ensemble.ts";

/** How one tree is grown. Sums, weights and gains are in the units of the loss. */
export interface Growth {
  /** Leaves at most; Infinity for any. */
  readonly leaves: number;
  /** Branches on the way to a leaf, at most; Infinity for any. */
  readonly depth: number;
  /** The second derivatives of a child's rows, at least. */
  readonly minChildWeight: number;
  /** Rows of a child, at least: estimated from its share of the hessian. */
  readonly minChildRows: number;
  /** A split's gain must exceed this, and 0. */
  readonly minGain: number;
  readonly l1: number;
  readonly l2: number;
  /** The largest size of a leaf's value; 0 for any. */
  readonly maxDelta: number;
  /** Per feature -1, 0, 1: values fall, are free, rise with the feature (that of missing values is free). */
  readonly monotone?: Int8Array | undefined;
  /** Groups of features that may be asked along one path; a feature in no group stands alone. */
  readonly interactions?: readonly (readonly number[])[] | undefined;
  /** 1 for features of this tree. */
  readonly features?: Uint8Array | undefined;
  /** Share of the tree's features that each node looks at. Default 1. */
  readonly featuresByNode?: number | undefined;
  /** One random threshold for each feature. */
  readonly extra?: boolean | undefined;
  readonly categorical: CategoryLimits;
  readonly seed: number;
}

/** A tree with the rows that it was grown on still in their leaves. */
export interface GrownTree {
  readonly tree: Tree;
  /** The kernels' leaf of each of the tree's leaves, by node; -1 for branches. [nodes] */
  readonly leafOf: Int32Array;
  /** Bounds of a node's value by the monotone constraints above it; who renews values keeps within. [nodes] */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}
