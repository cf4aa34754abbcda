import { open } from "node:fs/promises";
import type { Frame, FrameSource } from "@tideline/learn/frame";
import { sourceOf } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec/error";
import { nameOfType, writeAtomically } from "./atomic-file.ts";
import { cellText, type CellStyle } from "./cell-text.ts";

/** What was written. */
export interface Written {
  readonly rows: number;
}

/** Characters that are gathered before they are written. */
const BLOCK = 2 ** 20;

/** Frames, or what gives them, as what gives pieces that all have its columns. @throws ARGUMENT_INVALID for neither. */
export function asSource(who: string, rows: Frame | FrameSource): FrameSource {
  const given: { readonly [Key in keyof (Frame & FrameSource)]?: unknown } =
    typeof rows === "object" && rows !== null ? rows : {};
  if (Array.isArray(given.columns) && typeof given.rows === "number") return sourceOf(rows as Frame);
  if (Array.isArray(given.schema) && typeof given.read === "function")
    return ofOwnColumns(who, rows as FrameSource);
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "rows",
    expected: "a frame, or a source of frames",
    received: nameOfType(rows),
    remedy:
      "frameOf({ name: values }) makes a frame; what csvSource and parquetSource resolve with is a source.",
  });
}

/** Wants rows to have a column, for formats that hold none without. @throws ARGUMENT_INVALID */
export function needColumns(who: string, { schema }: FrameSource): void {
  if (schema.length > 0) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "rows",
    expected: "at least one column, without which the file could not be read again",
    received: "none",
  });
}

/** A source whose pieces are held against its schema: what one lacks would else show as a fault of ours. */
function ofOwnColumns(who: string, source: FrameSource): FrameSource {
  return {
    schema: source.schema,
    async *read(...given) {
      for await (const piece of source.read(...given)) {
        const names = piece.columns.map(({ name }) => name);
        const wanted = given[0] ?? source.schema.map(({ name }) => name);
        if (names.length !== wanted.length || names.some((name, at) => name !== wanted[at]))
          throw tidelineError("DATA_MALFORMED", {
            who,
            field: "rows",
            expected: `pieces of the columns of the source's schema: ${wanted.join(", ")}`,
            received: `one of ${names.join(", ") || "none"}`,
          });
        yield piece;
      }
    },
  };
}

/** Writes a row to a line, atomically; the source is asked for the next piece when the last one is on its way. */
export async function writeLines(
  who: string,
  path: string,
  rows: FrameSource,
  head: string,
  style: CellStyle,
  line: (cells: readonly ((row: number) => string)[], row: number) => string,
): Promise<Written> {
  return writeAtomically(who, path, async (temporary) => {
    const file = await open(temporary, "wx", 0o666);
    try {
      let count = 0;
      let text = head;
      for await (const piece of rows.read()) {
        const cells = piece.columns.map((column) => cellText(column, style));
        for (let row = 0; row < piece.rows; row++) {
          text += line(cells, row);
          if (text.length < BLOCK) continue;
          await file.appendFile(text);
          text = "";
        }
        count += piece.rows;
      }
      await file.appendFile(text);
      return { rows: count };
    } finally {
      await file.close();
    }
  });
}
