import type { Frame } from "./column.ts";
import { columnNamed } from "./frame.ts";
import { sortKey } from "./sort-key.ts";
import { takePlaces } from "./take-rows.ts";

/** A column to sort by; a name alone ascends. */
export type SortBy = string | { readonly column: string; readonly descending?: boolean };

/**
 * The rows in the order of columns, the first one deciding first. Rows that are equal keep their order (stable), missing
 * values come last whichever way, texts go by code point, -0 equals 0. A radix sort: linear in the rows.
 *
 * @throws ARGUMENT_INVALID for a column that is absent, or of vectors, series or bytes.
 * @example
 * const order = sortOrder(rows, ["person", { column: "time", descending: true }]);
 */
export function sortOrder(rows: Frame, by: readonly SortBy[]): Int32Array {
  let order: Int32Array = new Int32Array(rows.rows);
  for (let row = 0; row < order.length; row++) order[row] = row;
  // Least significant first, each pass stable.
  for (const one of by.toReversed()) {
    const { column, descending = false } = typeof one === "string" ? { column: one } : one;
    const { high, low, missing } = sortKey(columnNamed(rows, column, "sortOrder"), "sortOrder");
    const turn = descending ? 0xffff_ffff : 0;
    if (low !== undefined) order = radix(order, low, turn);
    order = radix(order, high, turn);
    if (missing !== undefined) order = lastWhere(order, missing);
  }
  return order;
}

/** The rows sorted; see {@link sortOrder}. */
export function sortRows(rows: Frame, by: readonly SortBy[]): Frame {
  return takePlaces(rows, sortOrder(rows, by));
}

/** Bits of a digit: three make a word, and a table of 2,048 counts stays in the nearest cache. */
const BITS = 11;
const SIZE = 1 << BITS;

function radix(given: Int32Array, key: Uint32Array, turn: number): Int32Array {
  let order = given;
  let spare: Int32Array | undefined;
  for (let shift = 0; shift < 32; shift += BITS) {
    const counts = new Int32Array(SIZE);
    for (let row = 0; row < key.length; row++) counts[((key[row]! ^ turn) >>> shift) & (SIZE - 1)]!++;
    // Every row has the same digit: nothing to do.
    if (key.length === 0 || counts[((key[0]! ^ turn) >>> shift) & (SIZE - 1)] === key.length) continue;
    let start = 0;
    for (let digit = 0; digit < SIZE; digit++) {
      const count = counts[digit]!;
      counts[digit] = start;
      start += count;
    }
    const out: Int32Array = spare ?? new Int32Array(key.length);
    for (let at = 0; at < order.length; at++) {
      const row = order[at]!;
      out[counts[((key[row]! ^ turn) >>> shift) & (SIZE - 1)]!++] = row;
    }
    spare = order === given ? undefined : order;
    order = out;
  }
  return order;
}

function lastWhere(order: Int32Array, missing: Uint8Array): Int32Array {
  const out = new Int32Array(order.length);
  let at = 0;
  for (let place = 0; place < order.length; place++)
    if (missing[order[place]!] === 0) out[at++] = order[place]!;
  for (let place = 0; place < order.length; place++)
    if (missing[order[place]!] !== 0) out[at++] = order[place]!;
  return out;
}
