import type { ForestSource } from "./forest-source.ts";
import type { NodeRows } from "./node-rows.ts";

/**
 * The rows of a subtree that is grown to its end before others, copied side by side: further down they are asked for many
 * times, and those of the table lie apart. `order` has places among them in the range `start` to `end`, in place of rows.
 */
export interface NearRows {
  /** Rows at most. */
  readonly most: number;
  start: number;
  end: number;
  /** Bins, a row at a time. [most * features] */
  readonly codes: Uint8Array;
  /** As those of `NodeRows`. [most * 2] */
  readonly pairs: Float64Array;
  /** [most] */
  readonly drawn: Uint32Array;
}

/** Bytes that stay in the second cache of a processor. */
const CACHED = 2 ** 18;
/** However many features there are. */
const LEAST = 16;

/** Rows at most of a node that is the end of a branch. */
export function mostNear({ table }: ForestSource): number {
  return Math.min(table.rows, Math.max(LEAST, Math.floor(CACHED / (table.features.length + 20))));
}

/**
 * Room for a subtree's rows.
 *
 * @param any none, where subtrees are grown elsewhere.
 */
export function nearRows(source: ForestSource, any: boolean): NearRows {
  const features = source.table.features.length;
  const most = any ? mostNear(source) : 0;
  return {
    most,
    start: 0,
    end: 0,
    codes: new Uint8Array(most * features),
    pairs: new Float64Array(2 * most),
    drawn: new Uint32Array(most),
  };
}

/** Whether a node's places in `order` are those of copied rows. */
export function isNear({ start, end }: NearRows, from: number, to: number): boolean {
  return from >= start && to <= end;
}

/** Copies the rows of a branch's end, `most` at most; what was copied before is given up. */
export function bringNear({ near, order, pairs, drawn, source }: NodeRows, from: number, to: number): void {
  const rows = to - from;
  near.start = from;
  near.end = to;
  copyRows(near.codes, source.byRow, source.table.features.length, order, from, rows);
  for (let i = 0; i < rows; i++) {
    const row = order[from + i]!;
    near.pairs[2 * i] = pairs[2 * row]!;
    near.pairs[2 * i + 1] = pairs[2 * row + 1]!;
    near.drawn[i] = drawn[row]!;
    order[from + i] = i;
  }
}

/** Copies the bins of rows, a row at a time. */
export function copyRows(
  codes: Uint8Array,
  byRow: Uint8Array,
  width: number,
  order: Int32Array,
  from: number,
  rows: number,
): void {
  let to = 0;
  for (let i = 0; i < rows; i++) {
    const at = order[from + i]! * width;
    for (let f = 0; f < width; f++) codes[to++] = byRow[at + f]!;
  }
}
