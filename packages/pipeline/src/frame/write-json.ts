import type { Frame, FrameSource } from "@tideline/learn/frame";
import type { CellStyle } from "./cell-text.ts";
import { asSource, writeLines, type Written } from "./write-lines.ts";

const STYLE: CellStyle = {
  missing: "null",
  text: (text) => JSON.stringify(text),
  quoted: (text) => `"${text}"`,
  odd: (value) => (value > 0 ? '"Infinity"' : value < 0 ? '"-Infinity"' : '"NaN"'),
  list: (numbers) => `[${numbers.join(",")}]`,
};

/**
 * Writes frames to a file of JSON lines (an object a row, UTF-8), whole or not at all. Missing values are `null`;
 * infinities, and NaN within lists, the texts `"Infinity"`, `"-Infinity"` and `"NaN"`, which JSON has no numbers for;
 * 64-bit integers all their digits; times ISO 8601 in UTC, bytes base64. `jsonSource` with the same schema gives the
 * same frames.
 *
 * @throws ARGUMENT_INVALID for a path at which no file can be written; DISK_FULL, FSYNC_FAILED, and what the source throws.
 */
export async function writeJson(path: string, rows: Frame | FrameSource): Promise<Written> {
  const source = asSource("writeJson", rows);
  const keys = source.schema.map(({ name }, at) => `${at === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  return writeLines("writeJson", path, source, "", STYLE, (cells, row) => {
    let text = keys.length === 0 ? "{" : "";
    for (let at = 0; at < keys.length; at++) text += keys[at]! + cells[at]!(row);
    return `${text}}\n`;
  });
}
