import { tidelineError } from "../../error.ts";

/** A cell as it stands in a CSV file (RFC 4180). */
const cellText = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Rows as CSV, a line each. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return `${rows.map((row) => row.map(cellText).join(",")).join("\n")}\n`;
}

/** Rows of a CSV text; quoted cells may hold commas, quotes and line ends. @throws `DATA_MALFORMED` */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  cell.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null) {
      throw tidelineError("DATA_MALFORMED", {
        who: "CSV",
        expected: "cells in quotes or without any",
        received: `another text at character ${at}`,
      });
    }
    const [, quoted, plain, end] = match;
    row.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === ",") {
      // A text that ends with a comma has one empty cell more.
      if (cell.lastIndex === text.length) row.push("");
      continue;
    }
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows.filter((cells) => cells.some((one) => one !== ""));
}
