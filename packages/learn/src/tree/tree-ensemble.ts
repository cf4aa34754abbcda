/** A category as it stands in a column. */
export type TreeCategory = string | number | boolean | null;

/** A column that trees ask. */
export type TreeFeature =
  | {
      readonly kind: "numeric";
      readonly name: string;
      /** Whether 0, a size of at most 1e-35, is a missing value, too (models of others). Default false. */
      readonly zeroIsMissing?: boolean;
    }
  | {
      readonly kind: "categorical";
      readonly name: string;
      /** A category's code is its place in this list. */
      readonly categories: readonly TreeCategory[];
    };

/**
 * A decision tree as columns with one entry a node. Node 0 is the root; a node comes before its children. A row goes
 * left at a numeric branch where its value is at most the threshold, at a categorical one where its code is in the set.
 */
export interface Tree {
  /** The feature that a branch asks; -1 for a leaf. [nodes] */
  readonly feature: Int32Array;
  /** Of a numeric branch; NaN for others. [nodes] */
  readonly threshold: Float64Array;
  /** Children; -1 for a leaf. [nodes] */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** 1 where what is missing (NaN; a code that the feature lacks) goes left. [nodes] */
  readonly missingLeft: Uint8Array;
  /** The place of a categorical branch's set in `sets`; -1 for others. [nodes] */
  readonly set: Int32Array;
  /** Codes that go left, as bits: code c is bit `c & 31` of word `c >> 5`; what lies beyond the words is not in the set. */
  readonly sets: readonly Uint32Array[];
  /** Numbers of a leaf: 1, or as many as the ensemble has outputs. */
  readonly width: number;
  /** What a leaf adds; of a branch, what its training rows would have been given as a leaf. [nodes * width] */
  readonly value: Float64Array;
  /** Training rows that came by. [nodes] */
  readonly count: Float64Array;
  /** The sum of their second derivatives (of their weights in a forest). [nodes] */
  readonly weight: Float64Array;
  /** By how much a branch lowered the loss; 0 for a leaf. [nodes] */
  readonly gain: Float64Array;
}

/** Trees whose leaves are added up (or averaged), and what is added to that. Raw scores: no link function is applied. */
export interface TreeEnsemble {
  readonly features: readonly TreeFeature[];
  readonly outputs: number;
  readonly trees: readonly Tree[];
  /** The output that a tree of width 1 adds to; -1 for trees as wide as all outputs. [trees] */
  readonly target: Int32Array;
  /** [outputs] */
  readonly base: Float64Array;
  /** Whether sums are divided by the number of trees (that add to the output), as in forests. */
  readonly average: boolean;
}
