import { tidelineError, type TidelineError } from "@tideline/spec";
import type { TreeColumn, TreeTable } from "../tree-table.ts";

/** What a table must have: a column by name, and its kind. */
export type WantedColumn = Pick<TreeColumn, "kind" | "name">;

function badTable(who: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who, field: "table", expected, received });
}

/**
 * A table's columns in the order of those wanted.
 *
 * @throws ARGUMENT_INVALID for one that is absent, of another kind, or not as long as the table.
 */
export function checkFeatures(
  who: string,
  wanted: readonly WantedColumn[],
  table: TreeTable,
): readonly TreeColumn[] {
  const columns = new Map(table.columns.map((column) => [column.name, column] as const));
  return wanted.map(({ name, kind }) => {
    const column = columns.get(name);
    if (column?.kind !== kind) {
      const received = column === undefined ? "no such column" : `a ${column.kind} one`;
      throw badTable(who, `a ${kind} column ${JSON.stringify(name)}`, received);
    }
    const { length } = column.kind === "numeric" ? column.values : column.codes;
    if (length === table.rows) return column;
    throw badTable(who, `${table.rows} rows of the column ${JSON.stringify(name)}`, String(length));
  });
}
