import { factsOf } from "../frame/value-facts.ts";
import { frame } from "../frame/frame.ts";
import { sortOrder } from "../frame/sort-rows.ts";

/** Rows by key and then by a time: those of code `c` at places `starts[c]` to `starts[c + 1]`. */
export interface TimeGroups {
  /** [codes + 1] */
  readonly starts: Int32Array;
  /** [places], the row at each place; rows of code -1 have none. */
  readonly rows: Int32Array;
  /** [rows], the place of each row, -1 for code -1. What is moved by it is read in order, and each key writes behind itself. */
  readonly places: Int32Array;
}

/** Orders rows by code, in each by time, in each as they were. Linear where times rise already, as they mostly do. */
export function timeGroups(codes: Int32Array, count: number, times: Float64Array): TimeGroups {
  const order = isRising(times)
    ? undefined
    : sortOrder(frame([{ kind: "time", name: "time", values: times }]), ["time"]);
  const starts = new Int32Array(count + 1);
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) starts[codes[row]! + 1]!++;
  for (let code = 0; code < count; code++) starts[code + 1]! += starts[code]!;
  const rows = new Int32Array(starts[count]!);
  const places = new Int32Array(codes.length).fill(-1);
  const next = starts.slice();
  for (let at = 0; at < codes.length; at++) {
    const row = order === undefined ? at : order[at]!;
    const code = codes[row]!;
    if (code < 0) continue;
    const place = next[code]!++;
    rows[place] = row;
    places[row] = place;
  }
  return { starts, rows, places };
}

/** Whether every value is a number, and none is less than the one before it; the first one than `least`. */
export function isRising(values: Float64Array, least = Number.NEGATIVE_INFINITY): boolean {
  return riseOf(values, least) !== "none";
}

/**
 * How values rise from `least` on: each is more than the one before it, or none is less; `"none"` where one is less, or no
 * number.
 */
export function riseOf(values: Float64Array, least: number): "each" | "some" | "none" {
  const { rise } = factsOf(values) ?? {};
  if (rise !== undefined && values.length > 0)
    return values[0]! > least ? rise : values[0] === least ? "some" : "none";
  // Neighbours are compared in the array: the one before, in a variable, would be an object anew for each row.
  let each = !(values[0]! <= least);
  if (values[0]! < least || values[0] !== values[0]) return "none";
  for (let at = 1; at < values.length; at++) {
    if (values[at]! > values[at - 1]!) continue;
    if (values[at] !== values[at - 1]) return "none";
    each = false;
  }
  return each ? "each" : "some";
}
