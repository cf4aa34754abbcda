import { wordSet } from "../check/word-set.ts";
import { distinctSketch } from "./distinct-sketch.ts";

/** Different rows that are counted exactly: their table takes 24 MiB at most. */
export const MOST_EXACT_ROWS = 2 ** 20;

/** How many different rows a stream has. */
export interface DistinctRows {
  /** Takes 64-bit hashes of rows. */
  add(low: Uint32Array, high: Uint32Array): void;
  finish(): { readonly distinctRows: number; readonly distinctRowsExact: boolean };
}

/** Counts up to 1,048,576 different rows exactly (by 64-bit hashes), and estimates more. */
export function distinctRows(most = MOST_EXACT_ROWS): DistinctRows {
  const sketch = distinctSketch();
  let exact: ReturnType<typeof wordSet> | undefined = wordSet("profile", most + 1);
  return {
    add(low, high) {
      for (let row = 0; row < low.length; row++) {
        sketch.add(low[row]!, high[row]!);
        exact?.add(low[row]!, high[row]!);
        if (exact !== undefined && exact.size > most) exact = undefined;
      }
    },
    finish: () =>
      exact === undefined
        ? { distinctRows: sketch.estimate(), distinctRowsExact: false }
        : { distinctRows: exact.size, distinctRowsExact: true },
  };
}
