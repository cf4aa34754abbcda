import type { ColumnCursor, ColumnPart, ColumnPlan } from "./column-part.ts";
import { numberCursor } from "./number-cursor.ts";
import type { ScratchPool } from "./page-scratch.ts";
import { textCursor } from "./text-cursor.ts";

/** A cursor of a column, which takes rooms with its first row and gives them back with its last one. Its errors name the column. */
export function columnCursor(plan: ColumnPlan, pool: ScratchPool): ColumnCursor {
  let own: ColumnCursor | undefined;
  let left = plan.chunks.reduce((sum, { rows }) => sum + rows, 0);
  return {
    take(rows): ColumnPart {
      own ??= plan.type === "text" ? textCursor(plan, pool) : numberCursor(plan, pool);
      const { take } = own;
      const part = named(plan, () => take(rows));
      left -= rows;
      if (left <= 0) own.close();
      return part;
    },
    close: () => own?.close(),
  };
}

function named<Result>({ name }: ColumnPlan, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`column ${JSON.stringify(name)}: ${message}`, { cause: error });
  }
}
