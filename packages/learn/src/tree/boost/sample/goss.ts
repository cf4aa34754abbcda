import type { Random } from "../../../random.ts";
import { nthSmallest } from "../../bin/nth-smallest.ts";

/** Rows of a round by their derivatives. */
export interface GossOptions {
  /** The share of rows that are kept for the size of their derivatives. Default 0.2. */
  readonly top?: number;
  /** The share of all rows that is drawn from the others. Default 0.1. */
  readonly other?: number;
}

/** Rows of a round, and which of them stand for more than themselves. */
export interface GossRows {
  /** Ascending. */
  readonly rows: Int32Array;
  /** 1 for rows that were drawn: their derivatives are multiplied by `factor`. [all rows] */
  readonly drawn: Uint8Array;
  readonly factor: number;
}

/**
 * Gradient-based one-side sampling (G. Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", NeurIPS
 * 2017): the rows of the largest `size` (of equals the first), and so many drawn from the rest that count for all of it.
 *
 * @param size of each row's derivatives, at least 0. [rows]
 */
export function gossRows(
  random: Random,
  size: Float32Array,
  { top, other }: Required<GossOptions>,
): GossRows {
  const rows = size.length;
  const kept = Math.max(1, Math.floor(rows * top));
  const more = Math.min(rows - kept, Math.max(1, Math.floor(rows * other)));
  // Numbers of at least 0 are in the order of their bits.
  const bits = new Uint32Array(size.buffer, size.byteOffset, rows);
  const threshold = new Float32Array(Uint32Array.of(nthSmallest(bits, rows, rows - kept + 1)).buffer)[0]!;
  let equals = kept;
  for (let row = 0; row < rows; row++) if (size[row]! > threshold) equals--;
  const chosen = new Int32Array(kept + more);
  const drawn = new Uint8Array(rows);
  let [at, left, wanted] = [0, rows - kept, more];
  for (let row = 0; row < rows; row++) {
    const large = size[row]! > threshold || (size[row] === threshold && equals-- > 0);
    if (large) chosen[at++] = row;
    else {
      if (left-- * random.uniform() >= wanted) continue;
      wanted--;
      drawn[row] = 1;
      chosen[at++] = row;
    }
  }
  return { rows: chosen, drawn, factor: more === 0 ? 1 : (rows - kept) / more };
}
