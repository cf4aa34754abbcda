import type { Column, Frame } from "./column.ts";
import { timeText } from "./parse-text.ts";
import { isMissing } from "./validity.ts";

/** Options of {@link previewFrame}. */
export interface PreviewOptions {
  /** Rows that are shown: half from the top, half from the end. Default 10. */
  readonly rows?: number;
  /** Characters of a line. Columns that do not fit are named below. Default 100. */
  readonly width?: number;
}

/** Characters of a cell; longer ones are cut. */
const CELL = 24;

/**
 * The first and last rows as a table for a terminal. Control characters of texts are escaped, missing values are a dot.
 *
 * @example
 * console.log(previewFrame(rows, { rows: 6 }));
 */
export function previewFrame(rows: Frame, { rows: most = 10, width = 100 }: PreviewOptions = {}): string {
  const shown = shownRows(rows.rows, most);
  const columns = [
    { name: "", kind: "", cells: shown.map((row) => (row < 0 ? "..." : String(row))), right: true },
  ];
  for (const column of rows.columns)
    columns.push({
      name: cut(escaped(column.name)),
      kind: column.kind === "vector" ? `vector[${column.width}]` : column.kind,
      cells: shown.map((row) => (row < 0 ? "..." : cell(column, row))),
      right: column.kind === "float" || column.kind === "integer",
    });
  const lines: string[] = Array.from({ length: shown.length + 2 }, () => "");
  let fits = 0;
  for (const { name, kind, cells, right } of columns) {
    const wide = Math.max(name.length, kind.length, ...cells.map((text) => text.length));
    if (fits > 1 && lines[0]!.length + wide > width) break;
    const pad = (text: string) => (right ? text.padStart(wide) : text.padEnd(wide));
    for (const [at, text] of [name, kind, ...cells].entries()) lines[at] += `${pad(text)}  `;
    fits++;
  }
  const left = rows.columns.slice(fits - 1).map(({ name }) => escaped(name));
  const notes = [`${rows.rows} rows, ${rows.columns.length} columns`];
  if (left.length > 0) notes.push(`not shown: ${left.join(", ")}`);
  return [...lines.map((line) => line.trimEnd()), ...notes].join("\n");
}

function shownRows(rows: number, most: number): readonly number[] {
  if (rows <= most) return Array.from({ length: rows }, (_, row) => row);
  const top = Math.ceil(most / 2);
  const end = most - top;
  return [
    ...Array.from({ length: top }, (_, row) => row),
    -1,
    ...Array.from({ length: end }, (_, at) => rows - end + at),
  ];
}

function cell(column: Column, row: number): string {
  if (isMissing(column, row)) return ".";
  switch (column.kind) {
    case "string":
      return cut(escaped(column.dictionary[column.codes[row]!]!));
    case "boolean":
      return column.values[row] === 1 ? "true" : "false";
    case "time":
      return Math.abs(column.values[row]!) <= 8.64e18
        ? timeText(column.values[row]!)
        : String(column.values[row]);
    case "float":
      return shortNumber(column.values[row]!);
    case "integer":
      return String(column.values[row]);
    case "vector":
      return list(column.values.subarray(row * column.width, (row + 1) * column.width));
    case "series":
      return list(column.values.subarray(column.offsets[row], column.offsets[row + 1]));
    case "bytes":
      return `${column.offsets[row + 1]! - column.offsets[row]!} bytes`;
  }
}

const shortNumber = (value: number): string => String(Number(value.toPrecision(6)));

function list(values: ArrayLike<number>): string {
  const first = Array.from({ length: Math.min(3, values.length) }, (_, at) => shortNumber(values[at]!));
  return cut(`[${first.join(" ")}${values.length > 3 ? ` ...${values.length}` : ""}]`);
}

/** Text that moves no cursor: a terminal would obey control characters. */
function escaped(text: string): string {
  return text
    .slice(0, 200)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) =>
      JSON.stringify(char).slice(1, -1) === char
        ? `\\u{${char.codePointAt(0)!.toString(16)}}`
        : JSON.stringify(char).slice(1, -1),
    );
}

function cut(text: string): string {
  return text.length <= CELL ? text : `${text.slice(0, CELL - 3)}...`;
}
