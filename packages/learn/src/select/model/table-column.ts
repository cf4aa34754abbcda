import type { SelectColumn, SelectTable } from "../select-table.ts";

/** A column as trees take it. */
export type TableColumn =
  | Float64Array
  | { readonly codes: Int32Array; readonly categories: readonly string[] };

/** The columns of a table by name, as trees and permutation importance take them. */
export function columnsOfTable(table: SelectTable): Readonly<Record<string, TableColumn>> {
  return Object.fromEntries(
    table.columns.map((column): [string, TableColumn] => [
      column.name,
      column.kind === "numbers" ? column.read() : { codes: column.codes, categories: column.dictionary },
    ]),
  );
}

/** The way back from {@link columnsOfTable}. */
export function tableOfColumns(
  like: SelectTable,
  columns: Readonly<Record<string, TableColumn>>,
): SelectTable {
  const taken = like.columns.map((column): SelectColumn => {
    const values = columns[column.name]!;
    if (column.kind === "texts")
      return { ...column, codes: (values as { readonly codes: Int32Array }).codes };
    return { ...column, read: () => values as Float64Array };
  });
  return Object.freeze({ ...like, columns: taken });
}
