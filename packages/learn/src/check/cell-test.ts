import type { Column } from "../frame/column.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import { parseFloatText, parseIntegerText } from "../frame/parse-text.ts";
import { isMissing } from "../frame/validity.ts";
import { exactOf, wideValuesOf, type ExactNumber } from "./exact-number.ts";

/** Marks the rows of a piece that break a check: sets 1 in `out`. Missing values break `notMissing` alone. */
export type RowTest = (column: Column, rows: number, out: Uint8Array) => void;

/** Marks the texts of a column that break a check, each different one asked once. */
export function textTest(
  column: Extract<Column, { kind: "string" }>,
  rows: number,
  out: Uint8Array,
  breaks: (text: string) => boolean,
): void {
  const broken = Uint8Array.from(column.dictionary, (text) => (breaks(text) ? 1 : 0));
  for (let row = 0; row < rows; row++) if (column.codes[row]! >= 0) out[row]! |= broken[column.codes[row]!]!;
}

/** The number of a text, whole ones of 64 bits without rounding. */
export function parseNumber(text: string): ExactNumber | undefined {
  return parseIntegerText(text) ?? parseFloatText(text);
}

/** Numbers of any kind of column, 64-bit ones exactly; of texts those that read as such, others break the check. */
export function numberTest(
  breaks: (value: ExactNumber) => boolean,
  parse: (text: string) => ExactNumber | undefined,
): RowTest {
  return (column, rows, out) => {
    if (column.kind === "series" || column.kind === "bytes") return allBreak(column, rows, out);
    if (column.kind === "string")
      return textTest(column, rows, out, (text) => {
        const value = parse(text);
        return value === undefined || breaks(value);
      });
    const values = numbersOf(column);
    const wide = wideValuesOf(column);
    const width = column.kind === "vector" ? column.width : 1;
    for (let row = 0; row < rows; row++)
      for (let at = row * width; at < (row + 1) * width; at++) {
        const value = exactOf(values[at]!, wide, at);
        if (value === value && breaks(value)) out[row] = 1;
      }
  };
}

/** Marks every value that there is. */
export function allBreak(column: Column, rows: number, out: Uint8Array): void {
  for (let row = 0; row < rows; row++) if (!isMissing(column, row)) out[row] = 1;
}
