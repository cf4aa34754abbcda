import { isMissing, type Column } from "@tideline/learn/frame";
import { murmurHash3 } from "@tideline/learn/transform";
import { tidelineError } from "@tideline/spec";

const utf8 = new TextEncoder();

/** A number from 0 to below 1 by the hash of a text. */
export function shareOf(text: string, seed: number): number {
  return (murmurHash3(utf8.encode(text), seed) >>> 0) / 2 ** 32;
}

/**
 * For each row of a column of names or whole numbers a number from 0 to below 1, the same wherever the group stands; NaN where
 * there is none.
 *
 * @throws ARGUMENT_INVALID for another kind of column.
 */
export function groupShares(column: Column, rows: number, seed: number): Float64Array {
  const shares = new Float64Array(rows);
  if (column.kind === "string") {
    const own = column.dictionary.map((text) => shareOf(text, seed));
    for (let row = 0; row < rows; row++) shares[row] = own[column.codes[row]!] ?? Number.NaN;
    return shares;
  }
  if (column.kind !== "integer")
    throw tidelineError("ARGUMENT_INVALID", {
      who: "prepare",
      field: `split.column "${column.name}"`,
      expected: "a string or integer column",
      received: `a ${column.kind} column`,
    });
  for (let row = 0; row < rows; row++)
    shares[row] = isMissing(column, row) ? Number.NaN : shareOf(String(column.values[row]), seed);
  return shares;
}
