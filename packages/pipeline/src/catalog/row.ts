import { canonicalJson } from "@tideline/spec";
import type { CatalogTables, TableName } from "./table.ts";
import { JSON_COLUMNS } from "./table.ts";

type JsonColumn<Table extends TableName> = (typeof JSON_COLUMNS)[Table][number] & keyof CatalogTables[Table];

/** A row of a table as programs see it: its JSON columns hold values instead of text. */
export type Row<Table extends TableName> = {
  readonly [Column in keyof CatalogTables[Table]]: Column extends JsonColumn<Table>
    ? unknown
    : CatalogTables[Table][Column];
};

/** A row, or part of one, as SQL takes it: JSON columns become canonical JSON. */
export function toSql<Table extends TableName, Part extends Partial<Row<Table>>>(
  table: Table,
  row: Part,
): Pick<CatalogTables[Table], keyof Part & keyof CatalogTables[Table]> {
  const columns: Record<string, unknown> = { ...row };
  for (const column of JSON_COLUMNS[table]) {
    const value = columns[column];
    if (value !== undefined) columns[column] = canonicalJson(value);
  }
  return columns as Pick<CatalogTables[Table], keyof Part & keyof CatalogTables[Table]>;
}

/** A row as programs see it. `Shape` says what its JSON columns hold: what was recorded comes back. */
export function fromSql<Shape>(table: TableName, row: object): Shape {
  const columns: Record<string, unknown> = { ...row };
  for (const column of JSON_COLUMNS[table]) {
    const value = columns[column];
    if (typeof value === "string") columns[column] = JSON.parse(value);
  }
  return Object.freeze(columns) as Shape;
}
