import { tidelineError } from "@tideline/spec";

/** The largest size of one quantised derivative: it fits 16 bits, and rounding up by one does not leave them. */
export const LARGEST_QUANTISED = 32766;

/** Bound of the sum of sizes of a tree's quantised derivatives: 31 bits, less room for the rounding of float sums. */
export const LARGEST_QUANTISED_SUM = 2 ** 31 - 2 ** 16;

/** Rows of which sizes are summed one after the other, before these sums are. */
export const SCALE_BLOCK = 4096;

/**
 * What one unit of a quantised derivative is worth, chosen from the sizes `a = |values[row]|` of the tree's rows:
 *
 * 1. 1, where all are whole numbers of at most `LARGEST_QUANTISED` with a sum of at most `LARGEST_QUANTISED_SUM`;
 * 2. else the largest, where each is equal to it or 0;
 * 3. else `max(largest / LARGEST_QUANTISED, sum / (LARGEST_QUANTISED_SUM - rows))`.
 *
 * In the first two cases nothing is rounded. The sum does not depend on who adds it up: rows are taken in blocks of
 * `SCALE_BLOCK` places of the bag; within one, place i is added to sum i & 3 of four; a block's sum is
 * `(s0 + s1) + (s2 + s3)`; those are added by ascending block from 0. All in float64.
 *
 * @param rows rows of the tree in the order of the bag.
 * @throws TRAINING_DIVERGED where a value is NaN or infinite, or a hessian below 0.
 * @example
 * quantisedScale("gradient", Float32Array.of(-1, 0, 3), Int32Array.of(0, 1, 2)); // 1: they are whole
 */
export function quantisedScale(what: "gradient" | "hessian", values: Float32Array, rows: Int32Array): number {
  let sum = 0;
  let negative = false;
  let largest = 0;
  let smallest = Infinity;
  let whole = true;
  for (let from = 0; from < rows.length; from += SCALE_BLOCK) {
    const lanes = [0, 0, 0, 0];
    const to = Math.min(from + SCALE_BLOCK, rows.length);
    for (let i = from; i < to; i++) {
      const value = values[rows[i]!]!;
      const size = Math.abs(value);
      if (value < 0) negative = true;
      lanes[i & 3]! += size;
      if (size > largest) largest = size;
      if (size > 0 && size < smallest) smallest = size;
      if (size !== Math.floor(size)) whole = false;
    }
    sum += lanes[0]! + lanes[1]! + (lanes[2]! + lanes[3]!);
  }
  if (!Number.isFinite(sum)) throw unusable(what, "finite", values, rows, Number.isFinite);
  if (negative && what === "hessian") throw unusable(what, "at least 0", values, rows, (value) => value >= 0);
  if (whole && largest <= LARGEST_QUANTISED && sum <= LARGEST_QUANTISED_SUM) return 1;
  if (smallest === largest) return largest;
  return Math.max(largest / LARGEST_QUANTISED, sum / (LARGEST_QUANTISED_SUM - rows.length));
}

function unusable(
  what: string,
  expected: string,
  values: Float32Array,
  rows: Int32Array,
  fits: (value: number) => boolean,
): Error {
  const row = rows.find((row) => !fits(values[row]!));
  return tidelineError("TRAINING_DIVERGED", {
    who: "tree kernels",
    field: what,
    expected: `derivatives that are ${expected}`,
    received: `${String(values[row ?? 0])} in row ${String(row)}`,
    remedy: "Lower the rate; look for labels and weights that are not finite, and at the objective.",
  });
}
