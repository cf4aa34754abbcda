import { open } from "node:fs/promises";
import type { Frame, FrameSource } from "@tideline/learn/frame";
import { sourceOf } from "@tideline/learn/frame";
import { writeAtomically } from "./atomic-file.ts";
import { cellText, type CellStyle } from "./cell-text.ts";

/** What was written. */
export interface Written {
  readonly rows: number;
}

/** Characters that are gathered before they are written. */
const BLOCK = 2 ** 20;

/** Frames, or what gives them. */
export function asSource(rows: Frame | FrameSource): FrameSource {
  return "read" in rows ? rows : sourceOf(rows);
}

/** Writes a row to a line, atomically; the source is asked for the next piece when the last one is on its way. */
export async function writeLines(
  path: string,
  rows: Frame | FrameSource,
  head: string,
  style: CellStyle,
  line: (cells: readonly ((row: number) => string)[], row: number) => string,
): Promise<Written> {
  return writeAtomically(path, async (temporary) => {
    const file = await open(temporary, "wx", 0o666);
    try {
      let count = 0;
      let text = head;
      for await (const piece of asSource(rows).read()) {
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
