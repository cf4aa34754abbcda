import { columnCursor } from "./column-cursor.ts";
import type { PlacedPart } from "./column-part.ts";
import { turnsOf, type ColumnShare } from "./column-share.ts";
import { scratchPool } from "./page-scratch.ts";

/** Takes the rows of the columns of a share, in order. */
export interface ColumnFiller {
  /** The next rows of the columns whose turn it is. @throws Error for damaged pages. */
  take(rows: number): readonly PlacedPart[];
  close(): void;
}

/** Starts at the first row. */
export function columnFiller({ plans, places, next }: ColumnShare): ColumnFiller {
  const pool = scratchPool();
  const cursors = plans.map((plan) => columnCursor(plan, pool));
  return {
    take: (rows) => {
      const parts: PlacedPart[] = [];
      for (const at of turnsOf({ plans, places, ...(next && { next }) }))
        parts.push({ place: places[at]!, part: cursors[at]!.take(rows) });
      return parts;
    },
    close() {
      for (const cursor of cursors) cursor.close();
    },
  };
}
