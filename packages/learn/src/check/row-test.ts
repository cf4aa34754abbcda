import type { Column, ColumnKind } from "../frame/column.ts";
import { castColumn, type CastKind } from "../frame/cast-column.ts";
import { parseFloatText, parseTimeText } from "../frame/parse-text.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import { isMissing } from "../frame/validity.ts";
import { boundOf } from "./check-set.ts";
import type { PlainRowCheck } from "./check-def.ts";

/** A check of one's own: [rows], 1 where a row breaks it. */
export type CustomTest = (column: Column, rows: number) => Uint8Array;

/** Marks the rows of a piece that break a check: sets 1 in `out`. Missing values break `notMissing` alone. */
export type RowTest = (column: Column, rows: number, out: Uint8Array) => void;

/** The test of a check that judges each row by itself. */
export function rowTest(check: PlainRowCheck, custom: Readonly<Record<string, CustomTest>>): RowTest {
  switch (check.check) {
    case "type":
      return (column, rows, out) => typeTest(check.kind, column, rows, out);
    case "range": {
      const [low, high] = [boundOf(check.atLeast ?? -Infinity), boundOf(check.atMost ?? Infinity)];
      const time = [check.atLeast, check.atMost].some((bound) => typeof bound === "string");
      return numberTest((value) => value < low || value > high, time ? parseTimeText : parseFloatText);
    }
    case "finite":
      return numberTest((value) => value === Infinity || value === -Infinity, parseFloatText);
    case "notMissing":
      return (column, rows, out) => {
        for (let row = 0; row < rows; row++) if (isMissing(column, row)) out[row] = 1;
      };
    case "oneOf": {
      const texts = new Set(check.values.filter((value) => typeof value === "string"));
      const numbers = new Set(check.values.filter((value) => typeof value !== "string").map(Number));
      const byNumber = numberTest((value) => !numbers.has(value), parseFloatText);
      return (column, rows, out) =>
        column.kind === "string"
          ? textTest(column, rows, out, (text) => !texts.has(text))
          : byNumber(column, rows, out);
    }
    case "pattern": {
      const expression = new RegExp(check.source, check.flags);
      return (column, rows, out) => {
        if (column.kind === "string") textTest(column, rows, out, (text) => !expression.test(text));
        else allBreak(column, rows, out);
      };
    }
    case "custom": {
      const test = custom[check.name]!;
      return (column, rows, out) => {
        const broken = test(column, rows);
        for (let row = 0; row < rows; row++) if (broken[row] === 1) out[row] = 1;
      };
    }
  }
}

function textTest(
  column: Extract<Column, { kind: "string" }>,
  rows: number,
  out: Uint8Array,
  breaks: (text: string) => boolean,
): void {
  const broken = Uint8Array.from(column.dictionary, (text) => (breaks(text) ? 1 : 0));
  for (let row = 0; row < rows; row++) if (column.codes[row]! >= 0) out[row]! |= broken[column.codes[row]!]!;
}

/** Numbers of any kind of column; of texts those that read as such, others break the check. */
function numberTest(
  breaks: (value: number) => boolean,
  parse: (text: string) => number | undefined,
): RowTest {
  return (column, rows, out) => {
    if (column.kind === "series" || column.kind === "bytes") return allBreak(column, rows, out);
    if (column.kind === "string")
      return textTest(column, rows, out, (text) => {
        const value = parse(text);
        return value === undefined || breaks(value);
      });
    const values = numbersOf(column);
    const width = column.kind === "vector" ? column.width : 1;
    for (let row = 0; row < rows; row++)
      for (let at = row * width; at < (row + 1) * width; at++) {
        const value = values[at]!;
        if (value === value && breaks(value)) out[row] = 1;
      }
  };
}

function typeTest(kind: ColumnKind, column: Column, rows: number, out: Uint8Array): void {
  if (column.kind === kind) return;
  const castable = (one: ColumnKind): one is CastKind => !["vector", "series", "bytes"].includes(one);
  // A text may be any kind as it is written; a whole float is an integer, and every integer a float.
  const reads =
    column.kind === "string" ||
    (column.kind === "float" && kind === "integer") ||
    (column.kind === "integer" && kind === "float");
  if (!reads || !castable(kind)) return allBreak(column, rows, out);
  const cast = castColumn(column, kind);
  if (cast.failed === 0) return;
  for (let row = 0; row < rows; row++)
    if (!isMissing(column, row) && isMissing(cast.column, row)) out[row] = 1;
}

function allBreak(column: Column, rows: number, out: Uint8Array): void {
  for (let row = 0; row < rows; row++) if (!isMissing(column, row)) out[row] = 1;
}
