import type { Frame } from "../../frame/column.ts";
import { concatFrames } from "../../frame/concat-frames.ts";
import { filterRows } from "../../frame/filter-rows.ts";

/** Rows that a window may still reach. */
export interface Reach {
  /** Takes a piece; true when enough has come that looking is worth the copies. */
  add(piece: Frame, read: { readonly times: Float64Array }): boolean;
  /** All rows held, of which those that no question from `now` on sees are forgotten. Undefined where none came. */
  take(now: number): Frame | undefined;
}

/** Holds rows for windows of these lengths in microseconds; nothing where there are none. */
export function rowsInReach(lengths: readonly number[]): Reach | undefined {
  if (lengths.length === 0) return undefined;
  const longest = Math.max(...lengths);
  let held: { readonly piece: Frame; readonly times: Float64Array }[] = [];
  let [old, fresh] = [0, 0];
  return {
    add(piece, { times }) {
      held.push({ piece, times });
      fresh += piece.rows;
      return fresh >= old;
    },
    take(now) {
      if (held.length === 0) return undefined;
      const all = concatFrames(held.map(({ piece }) => piece));
      held = held.flatMap(({ piece, times }) => {
        const keep = Uint8Array.from(times, (time) => Number(now - time < longest));
        const rows = filterRows(piece, keep);
        return rows.rows === 0 ? [] : [{ piece: rows, times: times.filter((_, row) => keep[row] === 1) }];
      });
      old = held.reduce((sum, { piece }) => sum + piece.rows, 0);
      fresh = 0;
      return all;
    },
  };
}
