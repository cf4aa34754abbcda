import { tidelineError } from "@tideline/spec";
import { matrix, zerosLike, type Matrix } from "../../../matrix.ts";

/** A column: numbers, texts and the like, or the codes of categories. */
export type ImportanceColumn = ArrayLike<unknown> | { readonly codes: Int32Array };

/** Rows with the truth about them, in the form in which estimators take them. */
export type ImportanceRows = {
  /** [N], classes or numbers. */
  readonly y: ArrayLike<number>;
} & (
  | { readonly X: Matrix; readonly names?: readonly string[] }
  | { readonly columns: Readonly<Record<string, ImportanceColumn>> }
);

/** Names of the columns: those given, or "f0", "f1", ... */
export function importanceNames(rows: ImportanceRows): readonly string[] {
  if ("columns" in rows) return Object.keys(rows.columns);
  return rows.names ?? Array.from({ length: rows.X.columns }, (_, at) => `f${at}`);
}

/** Values of a column as they stand; undefined for one of codes. */
export function valuesOfColumn(rows: ImportanceRows, name: string): ArrayLike<unknown> | undefined {
  if ("columns" in rows) {
    const column = rows.columns[name]!;
    return "codes" in column ? undefined : column;
  }
  const { X } = rows;
  const at = importanceNames(rows).indexOf(name);
  return Float64Array.from({ length: X.rows }, (_, row) => X.values[row * X.columns + at]!);
}

function listOf(column: ImportanceColumn): ArrayLike<unknown> {
  return "codes" in column ? column.codes : column;
}

/**
 * @throws NOT_ENOUGH_DATA with fewer than two rows, which nothing can be exchanged between; ARGUMENT_INVALID for columns of
 *   another length than `y`, or names that are not as many as columns.
 */
export function checkImportanceRows(who: string, rows: ImportanceRows): void {
  const count = rows.y.length;
  const wrong = (field: string, expected: string, received: number) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received: String(received) });
  if (count < 2)
    throw tidelineError("NOT_ENOUGH_DATA", {
      who,
      field: "rows",
      expected: "at least two rows",
      received: String(count),
    });
  if ("X" in rows) {
    if (rows.X.rows !== count) throw wrong("X", `${count} rows, as many as y`, rows.X.rows);
    const names = importanceNames(rows).length;
    if (names !== rows.X.columns) throw wrong("names", `${rows.X.columns} names`, names);
    return;
  }
  for (const [name, column] of Object.entries(rows.columns)) {
    const { length } = listOf(column);
    if (length !== count) throw wrong(`columns.${name}`, `${count} values, as many as y`, length);
  }
}

/** The same rows, but for some columns whose row i is row `order[i]`. */
export function withExchanged<Rows extends ImportanceRows>(
  rows: Rows,
  names: readonly string[],
  order: Int32Array,
): Rows {
  if ("columns" in rows) {
    const columns: Record<string, ImportanceColumn> = { ...rows.columns };
    for (const name of names) columns[name] = exchanged(columns[name]!, order);
    return { ...rows, columns };
  }
  const { X } = rows;
  const values = zerosLike(X.values, X.values.length);
  values.set(X.values);
  const all = importanceNames(rows);
  for (const name of names) {
    const column = all.indexOf(name);
    for (let row = 0; row < X.rows; row++)
      values[row * X.columns + column] = X.values[order[row]! * X.columns + column]!;
  }
  return { ...rows, X: matrix(X.rows, X.columns, values) };
}

function exchanged(column: ImportanceColumn, order: Int32Array): ImportanceColumn {
  if ("codes" in column) return { ...column, codes: Int32Array.from(order, (row) => column.codes[row]!) };
  if (!ArrayBuffer.isView(column)) return Array.from(order, (row) => column[row]);
  const copy = (column as Float64Array).slice();
  for (let row = 0; row < order.length; row++) copy[row] = (column as Float64Array)[order[row]!]!;
  return copy;
}
