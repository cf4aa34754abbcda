import type { ForestGrowth, ForestSource } from "./forest-source.ts";
import { nearRows, type NearRows } from "./near-row.ts";
import { rowSorter, type RowSorter } from "./row-sorter.ts";

/**
 * What the scans of one node share, kept from tree to tree. A bin has `stride` sums: of weights, then of weight times
 * number, or of the weights of each class.
 */
export interface NodeRows {
  readonly source: ForestSource;
  readonly stride: number;
  /** Rows of the tree, ordered by node. */
  readonly order: Int32Array;
  /** How often each row of the table was drawn. [rows] */
  readonly drawn: Uint32Array;
  /** Of each row of the table its weight, times how often it was drawn, and its target. [rows * 2] */
  readonly pairs: Float64Array;
  readonly near: NearRows;
  /** Of the node's rows, in their order: weight, weight times number or class, times drawn. */
  readonly own: {
    readonly weight: Float64Array;
    readonly sum: Float64Array;
    readonly class: Int32Array;
    readonly drawn: Float64Array;
  };
  /** The node's sums, as those of a bin. [stride] */
  readonly total: Float64Array;
  /** Sums of either side, while boundaries are scanned. [stride] */
  readonly left: Float64Array;
  readonly right: Float64Array;
  /** Times that rows of the node were drawn. */
  draws: number;
  /** Whether all rows of the node have one target. */
  pure: boolean;
  /** Bins of one feature, of the node's rows. */
  readonly picked: Uint8Array;
  /** Where bins of the node's rows begin. */
  readonly places: Int32Array;
  /** Sums of bins of one feature, zero between scans. [256 * stride] */
  readonly bins: Float64Array;
  readonly binDraws: Float64Array;
  /** Bins that rows of the node are in. */
  readonly occupied: Int32Array;
  readonly seen: Int32Array;
  readonly sorter: RowSorter;
  /** Rows that go right, while they are parted. [rows] */
  readonly spare: Int32Array;
}

/** Rows from which on a node's bins are read by column, and all are looked through, not only those that were seen. */
export const MANY = 512;

/**
 * Scratch of one tree at a time.
 *
 * @param ends whether ends of branches are grown on it, too.
 */
export function nodeRows(source: ForestSource, ends: boolean): NodeRows {
  const { rows } = source.table;
  const stride = source.classes === 0 ? 2 : source.classes + 1;
  return {
    source,
    stride,
    order: new Int32Array(rows),
    drawn: new Uint32Array(rows),
    pairs: new Float64Array(rows * 2),
    near: nearRows(source, ends),
    own: {
      weight: new Float64Array(rows),
      sum: new Float64Array(source.classes === 0 ? rows : 0),
      class: new Int32Array(source.classes === 0 ? 0 : rows),
      drawn: new Float64Array(rows),
    },
    total: new Float64Array(stride),
    left: new Float64Array(stride),
    right: new Float64Array(stride),
    draws: 0,
    pure: false,
    picked: new Uint8Array(rows),
    places: new Int32Array(source.classes === 0 ? rows : 0),
    bins: new Float64Array(256 * stride),
    binDraws: new Float64Array(256),
    occupied: new Int32Array(256),
    seen: new Int32Array(8),
    sorter: rowSorter(MANY),
    spare: new Int32Array(rows),
  };
}

/** Whether the node that was gathered is not to be split. */
export function isLeaf(s: NodeRows, growth: ForestGrowth, depth: number): boolean {
  return s.pure || depth >= growth.depth || s.draws < 2 * growth.minChildRows;
}

/** Puts the rows that were drawn, and weigh something, in their order. Returns how many there are. */
export function startRows(s: NodeRows): number {
  const { drawn, pairs, order, near } = s;
  near.start = near.end = 0;
  const { weight: given, target } = s.source;
  let count = 0;
  for (let row = 0; row < drawn.length; row++) {
    const weight = given === undefined ? drawn[row]! : drawn[row]! * given[row]!;
    pairs[2 * row] = weight;
    pairs[2 * row + 1] = target[row]!;
    if (weight > 0) order[count++] = row;
  }
  return count;
}

/** What a leaf of the node says: a mean, or the share of each class. */
export function writeValue(s: NodeRows, into: Float64Array, offset: number): void {
  const { total } = s;
  if (s.source.classes === 0) into[offset] = s.source.centre + s.source.scale * (total[1]! / total[0]!);
  else for (let k = 1; k < s.stride; k++) into[offset + k - 1] = total[k]! / total[0]!;
}
