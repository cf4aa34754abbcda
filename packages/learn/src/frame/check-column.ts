import { tidelineError } from "@tideline/spec/error";
import type { Column } from "./column.ts";

/** Rows of a column. */
export function columnLength(column: Column): number {
  switch (column.kind) {
    case "string":
      return column.codes.length;
    case "vector":
      return column.values.length / column.width;
    case "series":
    case "bytes":
      return column.offsets.length - 1;
    default:
      return column.values.length;
  }
}

/**
 * Checks that a column agrees with itself: offsets that rise within the values, a bitmap that covers the rows, codes
 * within the dictionary, a width that divides.
 *
 * @throws ARGUMENT_INVALID naming column, field, wanted and received.
 */
export function checkColumn(column: Column): void {
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who: `column "${column.name}"`, field, expected, received });
  if (column.name === "") throw wrong("name", "a name", "an empty text");
  if (column.kind === "vector" && !(Number.isSafeInteger(column.width) && column.width > 0))
    throw wrong("width", "an integer of at least 1", String(column.width));
  if (column.kind === "vector" && column.values.length % column.width !== 0)
    throw wrong("values", `a multiple of the width ${column.width}`, `${column.values.length} numbers`);
  if (column.kind === "series" || column.kind === "bytes")
    checkOffsets(column.offsets, column.values.length, wrong);
  const rows = columnLength(column);
  if ("validity" in column && column.validity !== undefined && column.validity.length < Math.ceil(rows / 8))
    throw wrong(
      "validity",
      `${Math.ceil(rows / 8)} bytes, a bit for each of ${rows} rows`,
      `${column.validity.length}`,
    );
  if (column.kind === "string") checkCodes(column.codes, column.dictionary.length, wrong);
}

type Wrong = (field: string, expected: string, received: string) => Error;

function checkOffsets(offsets: Int32Array, length: number, wrong: Wrong): void {
  if (offsets.length === 0 || offsets[0] !== 0) throw wrong("offsets", "0 first", String(offsets[0]));
  for (let row = 1; row < offsets.length; row++)
    if (offsets[row]! < offsets[row - 1]!)
      throw wrong(`offsets[${row}]`, `at least ${offsets[row - 1]}`, String(offsets[row]));
  if (offsets.at(-1)! > length)
    throw wrong("offsets", `at most ${length}, the values`, String(offsets.at(-1)));
}

function checkCodes(codes: Int32Array, count: number, wrong: Wrong): void {
  // One bit says whether any is outside, without a branch for each; which one is asked only then.
  let outside = 0;
  for (let row = 0; row < codes.length; row++) outside |= (codes[row]! + 1) | (count - 1 - codes[row]!);
  if (outside >= 0) return;
  for (let row = 0; row < codes.length; row++)
    if (codes[row]! < -1 || codes[row]! >= count)
      throw wrong(`codes[${row}]`, `-1 or a place among ${count} texts`, String(codes[row]));
}
