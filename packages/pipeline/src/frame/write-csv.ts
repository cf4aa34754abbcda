import type { Frame, FrameSource } from "@tideline/learn/frame";
import type { CellStyle } from "./cell-text.ts";
import { asSource, needColumns, writeLines, type Written } from "./write-lines.ts";

/** The empty text is quoted: without quotes it is a missing value. */
const field = (text: string): string =>
  text === "" || /[",\r\n]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

const STYLE: CellStyle = {
  missing: "",
  text: field,
  quoted: field,
  odd: (value) => (value > 0 ? "inf" : value < 0 ? "-inf" : "nan"),
  list: (numbers) => `"[${numbers.join(", ")}]"`,
};

/**
 * Writes frames to a CSV file (RFC 4180, UTF-8, a header), whole or not at all. Missing values are empty fields, empty
 * texts `""`, times ISO 8601 in UTC, lists `[1.5, 2]`, bytes base64; numbers come back to the bit. `csvSource` with
 * the same schema gives the same frames.
 *
 * @throws ARGUMENT_INVALID for a path at which no file can be written, and rows without a column; DISK_FULL, FSYNC_FAILED,
 *   and what the source throws.
 * @example
 * await writeCsv("taps.csv", rows);
 */
export async function writeCsv(path: string, rows: Frame | FrameSource): Promise<Written> {
  const source = asSource("writeCsv", rows);
  needColumns("writeCsv", source);
  const names = source.schema.map(({ name }) => field(name));
  return writeLines("writeCsv", path, source, `${names.join(",")}\n`, STYLE, (cells, row) => {
    let text = cells[0]!(row);
    for (let at = 1; at < cells.length; at++) text += `,${cells[at]!(row)}`;
    return `${text}\n`;
  });
}
