import { tidelineError, type TidelineError } from "@tideline/spec";
import type { TreeColumn, TreeTable } from "../tree-table.ts";
import { checkTable } from "./check-table.ts";

/** What a table must have: a column by name, and its kind. */
export type WantedColumn = Pick<TreeColumn, "kind" | "name">;

function badTable(who: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who, field: "table", expected, received });
}

/**
 * A table's columns in the order of those wanted.
 *
 * @throws ARGUMENT_INVALID for one that is absent or of another kind; as `checkTable` for the table itself.
 */
export function checkFeatures(
  who: string,
  wanted: readonly WantedColumn[],
  table: TreeTable,
): readonly TreeColumn[] {
  checkTable(who, table);
  const columns = new Map(table.columns.map((column) => [column.name, column] as const));
  return wanted.map(({ name, kind }) => {
    const column = columns.get(name);
    if (column?.kind === kind) return column;
    const received = column === undefined ? "no such column" : `a ${column.kind} one`;
    throw badTable(who, `a ${kind} column ${JSON.stringify(name)}`, received);
  });
}
