import type { BinnedTable } from "../binned-table.ts";

/**
 * What every tree of a forest is grown on: binned rows with a number or a class each. Two classes are the numbers 0 and
 * 1: their variance is half their Gini impurity, so both give the same splits.
 */
export interface ForestSource {
  readonly table: BinnedTable;
  /**
   * The table's bins a row at a time: rows of a small node lie apart, and what they have of all features comes with one
   * line of the cache, not with one each. [rows * features]
   */
  readonly byRow: Uint8Array;
  /** 0 for numbers, else the number of classes: 3 or more. */
  readonly classes: number;
  /** Numbers, or positions of classes. [rows] */
  readonly target: Float64Array | Int32Array;
  /**
   * A leaf says `centre + scale * mean of target`: numbers are centred first, so that sums keep their digits, and at
   * most 1 in size, so that squares are finite.
   */
  readonly centre: number;
  readonly scale: number;
  /** By what drops of variance are multiplied: the scale's square; 2 for two classes, so that gains are of Gini impurity. */
  readonly gainScale: number;
  /** Weights of rows besides how often they are drawn; undefined for 1 each. [rows] */
  readonly weight: Float64Array | undefined;
}

/** How each tree of a forest is grown; plain data. */
export interface ForestGrowth {
  /** Leaves at most: then the branch that helps most is grown first. Infinity for any. */
  readonly leaves: number;
  /** Depth at most; Infinity for any. */
  readonly depth: number;
  /** Features that a branch looks at: more only while all of them are constant there. */
  readonly featuresByNode: number;
  /** Rows of a child at least, a row counting as often as it was drawn. */
  readonly minChildRows: number;
  /** Weight of a child at least. */
  readonly minChildWeight: number;
  /** By how much a branch must lower the sum of weight times impurity. */
  readonly minGain: number;
  /** One random threshold for each feature, in place of the best. */
  readonly extra: boolean;
}
