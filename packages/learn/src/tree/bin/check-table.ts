import { tidelineError, type TidelineError } from "@tideline/spec";
import type { TreeColumn, TreeTable } from "../tree-table.ts";
import { tooManyCategories, MOST_CATEGORIES } from "./category-codes.ts";
import { described, isNumericArray } from "./numeric-value.ts";

/**
 * Holds a table that somebody else made to what its type says. No value is looked at: codes may be any number, and so
 * may numbers.
 *
 * @throws ARGUMENT_INVALID for rows that are no count, no columns, columns of another form or length, and repeated names;
 *   DATA_MALFORMED for more than 2^20 categories.
 */
export function checkTable(who: string, table: TreeTable): void {
  const { rows, columns } = table;
  const wrong = (field: string, expected: string, received: string): TidelineError =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (!Number.isSafeInteger(rows) || rows < 0)
    throw wrong("table.rows", "an integer of at least 0", described(rows));
  if (!Array.isArray(columns)) throw wrong("table.columns", "a list of columns", described(columns));
  if (columns.length === 0) throw wrong("table.columns", "at least one column", "none");
  const names = new Set<unknown>();
  for (const [place, column] of (columns as readonly TreeColumn[]).entries()) {
    const { name } = column ?? {};
    if (typeof name !== "string") throw wrong(`table.columns[${place}].name`, "a text", described(name));
    if (names.has(name)) throw wrong("table.columns", "each name once", `${JSON.stringify(name)} twice`);
    names.add(name);
    const held = heldBy(column);
    if (held === undefined)
      throw wrong(
        `table.columns.${name}`,
        'kind "numeric" with a typed array of values, or "categorical" with codes in an Int32Array and a list of categories',
        described(column.kind),
      );
    if (held.length !== rows) throw wrong(`table.columns.${name}`, `${rows} rows`, String(held.length));
    if (column.kind === "categorical" && column.categories.length > MOST_CATEGORIES)
      throw tooManyCategories(who, name, String(column.categories.length));
  }
}

/** What a column's rows are in; undefined for what is no column. */
function heldBy(column: TreeColumn): ArrayLike<number> | undefined {
  if (column.kind === "numeric") return isNumericArray(column.values) ? column.values : undefined;
  if (column.kind !== "categorical") return undefined;
  return column.codes instanceof Int32Array && Array.isArray(column.categories) ? column.codes : undefined;
}
