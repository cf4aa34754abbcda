import { tidelineError } from "@tideline/spec";

/** Counts of pairs of codes. */
export interface Contingency {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] */
  readonly counts: Float64Array;
  readonly rowSums: Float64Array;
  readonly columnSums: Float64Array;
  readonly total: number;
}

/** Cells of a table at most: half a gigabyte of counts. */
const MOST_CELLS = 2 ** 26;

/**
 * Counts the pairs of two lists of codes; a pair with a negative code (missing) is left out.
 *
 * @throws ARGUMENT_INVALID for so many values on both sides that the table would have more than 2^26 cells.
 */
export function contingency(
  x: ArrayLike<number>,
  rows: number,
  y: ArrayLike<number>,
  columns: number,
): Contingency {
  if (rows * columns > MOST_CELLS)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "contingency",
      field: "values",
      expected: `at most ${MOST_CELLS} pairs of values`,
      received: `${rows} by ${columns}`,
      remedy: "Group rare values first, or leave a column of identifiers out.",
    });
  const counts = new Float64Array(rows * columns);
  for (let at = 0; at < x.length; at++) {
    const [i, j] = [x[at]!, y[at]!];
    if (i >= 0 && j >= 0) counts[i * columns + j]!++;
  }
  return ofCounts(counts, rows, columns);
}

/** A table of its counts. */
export function ofCounts(counts: Float64Array, rows: number, columns: number): Contingency {
  const rowSums = new Float64Array(rows);
  const columnSums = new Float64Array(columns);
  let total = 0;
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      rowSums[i]! += counts[at]!;
      columnSums[j]! += counts[at]!;
      total += counts[at]!;
    }
  }
  return { rows, columns, counts, rowSums, columnSums, total };
}

/**
 * Numbers as codes, in ascending order of the numbers; a missing one is a value of its own, the last.
 *
 * @returns the codes and how many values there are.
 */
export function codesOfNumbers(x: Float64Array): { readonly codes: Int32Array; readonly count: number } {
  const codes = new Int32Array(x.length);
  const seen = new Map<number, number>();
  let [last, code] = [NaN, -1];
  for (let row = 0; row < x.length; row++) {
    const value = x[row]! + 0;
    if (value !== last) {
      code = seen.get(value) ?? seen.size;
      if (code === seen.size) seen.set(value, code);
      last = value;
    }
    codes[row] = code;
  }
  // Codes by first row become places in order; NaN comes last, as typed arrays sort it.
  const place = new Int32Array(seen.size);
  for (const [at, value] of Float64Array.from(seen.keys()).sort().entries()) place[seen.get(value)!] = at;
  for (let row = 0; row < codes.length; row++) codes[row] = place[codes[row]!]!;
  return { codes, count: seen.size };
}

/**
 * The mutual information of two lists of codes, in nats: `sum p ln(p / (p_i p_j))`, scikit-learn's `mutual_info_score`;
 * never below 0.
 */
export function mutualInformationOfTable(table: Contingency): number {
  const { rows, columns, counts, rowSums, columnSums, total } = table;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const count = counts[i * columns + j]!;
      if (count === 0) continue;
      sum += (count / total) * Math.log((count * total) / (rowSums[i]! * columnSums[j]!));
    }
  }
  return Math.max(0, sum);
}
