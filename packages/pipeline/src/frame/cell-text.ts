import { isMissing, timeText, type Column } from "@tideline/learn/frame";
import { writtenTime } from "./written-time.ts";

/** How a format writes the parts of a row. */
export interface CellStyle {
  /** A missing value. */
  readonly missing: string;
  readonly text: (text: string) => string;
  /** What is not a number, truth or text: a time, bytes in base64. */
  readonly quoted: (text: string) => string;
  /** An infinity or NaN. */
  readonly odd: (value: number) => string;
  /** Numbers of a vector or series. */
  readonly list: (numbers: readonly string[]) => string;
}

/** The text of each row of a column; a text of a dictionary is made once for a piece. */
export function cellText(column: Column, style: CellStyle): (row: number) => string {
  const number = (value: number): string => (Number.isFinite(value) ? String(value) : style.odd(value));
  const present = presentText(column, style, number);
  return (row) => (isMissing(column, row) ? style.missing : present(row));
}

function presentText(
  column: Column,
  style: CellStyle,
  number: (value: number) => string,
): (row: number) => string {
  switch (column.kind) {
    case "float":
      // -0 is written with its sign.
      return (row) => (Object.is(column.values[row], -0) ? "-0.0" : number(column.values[row]!));
    case "integer":
      return (row) => String(column.values[row]);
    case "boolean":
      return (row) => (column.values[row] === 1 ? "true" : "false");
    case "time":
      return (row) => style.quoted(timeText(writtenTime(column.name, column.values[row]!)));
    case "string": {
      const texts: (string | undefined)[] = Array.from({ length: column.dictionary.length });
      return (row) => (texts[column.codes[row]!] ??= style.text(column.dictionary[column.codes[row]!]!));
    }
    case "vector":
      return (row) =>
        style.list(numbers(column.values.subarray(row * column.width, (row + 1) * column.width), number));
    case "series":
      return (row) =>
        style.list(numbers(column.values.subarray(column.offsets[row], column.offsets[row + 1]), number));
    case "bytes":
      return (row) => {
        const { buffer, byteOffset } = column.values;
        const [from, to] = [column.offsets[row]!, column.offsets[row + 1]!];
        return style.quoted(Buffer.from(buffer, byteOffset + from, to - from).toString("base64"));
      };
  }
}

function numbers(
  values: Float32Array | Float64Array | Int32Array,
  number: (value: number) => string,
): string[] {
  return Array.from(values as Float64Array, number);
}
