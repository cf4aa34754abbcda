import { tidelineError, type TidelineError } from "@tideline/spec";
import { matrix, type Matrix } from "../../matrix.ts";
import type { TreeCategory, TreeFeature } from "../tree-ensemble.ts";
import type { NumericArray, TreeColumn, TreeTable } from "../tree-table.ts";
import {
  categoryCodes,
  categoryList,
  MOST_CATEGORIES,
  tooManyCategories,
  translation,
} from "./category-codes.ts";
import { checkTable } from "./check-table.ts";
import { matrixColumns } from "./matrix-column.ts";
import { described, isNumericArray, numericValues } from "./numeric-value.ts";

/** A column of categories that is coded already: no value is looked at. */
export interface CodedColumn {
  /** Places in `categories`; any other number, -1 before all, is missing. */
  readonly codes: Int32Array;
  readonly categories: readonly TreeCategory[];
}

/** A column as users have it: `null`, `undefined` and NaN are missing. */
export type TreeValues =
  | NumericArray
  | readonly (string | number | boolean | null | undefined)[]
  | CodedColumn;

/** Rows that trees can be trained on or asked about. */
export type TreeRows =
  | {
      readonly X: Matrix;
      /** Of the matrix's columns. Default "f0", "f1", ... */
      readonly names?: readonly string[];
      /** Names of columns whose numbers stand for categories. */
      readonly categorical?: readonly string[];
    }
  | {
      readonly columns: Readonly<Record<string, TreeValues>>;
      /** Names of columns of categories; coded ones need no mention. */
      readonly categorical?: readonly string[];
    }
  | TreeTable;

const WHO = "treeTable";

function invalid(field: string, expected: string, received: string, remedy?: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who: WHO, field, expected, received, remedy });
}

function isTable(rows: TreeRows): rows is TreeTable {
  return "columns" in rows && Array.isArray(rows.columns);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether there is something to take columns of. */
function checkRows(rows: TreeRows): void {
  if (isObject(rows) && isObject("X" in rows ? rows.X : rows.columns)) return;
  throw invalid("rows", "{ X } or { columns }", isObject(rows) ? "neither" : described(rows));
}

/** The columns of a matrix, and their names. */
function matrixParts(rows: Extract<TreeRows, { X: Matrix }>) {
  const { X, names = Array.from({ length: X.columns }, (_, column) => `f${column}`) } = rows;
  const { values } = matrix(X.rows, X.columns, X.values);
  if (!(values instanceof Float32Array) && !(values instanceof Float64Array))
    throw invalid("X.values", "a Float32Array or Float64Array", described(values));
  if (names.length !== X.columns) throw invalid("names", `${X.columns} names`, `${names.length}`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw invalid("names", "each name once", JSON.stringify(name));
    seen.add(name);
  }
  return { names, columns: matrixColumns(X) };
}

/** The columns by name, of a matrix or a record. */
function columnsOf(rows: Exclude<TreeRows, TreeTable>): ReadonlyMap<string, TreeValues> {
  if (!("X" in rows)) return new Map(Object.entries(rows.columns));
  const { names, columns } = matrixParts(rows);
  return new Map(names.map((name, column) => [name, columns[column]!] as const));
}

/** A matrix of numbers alone: nothing to look up by name. */
function matrixTable(rows: Extract<TreeRows, { X: Matrix }>): TreeTable {
  const { names, columns } = matrixParts(rows);
  if (names.length === 0) throw invalid("columns", "at least one column", "none");
  return Object.freeze({
    rows: rows.X.rows,
    columns: Object.freeze(
      names.map((name, column): TreeColumn =>
        Object.freeze({ kind: "numeric", name, values: columns[column]! }),
      ),
    ),
  });
}

function isCoded(values: TreeValues): values is CodedColumn {
  return typeof values === "object" && values !== null && "codes" in values && "categories" in values;
}

/** The values' own form, or the error of what is no column. */
function checkColumn(name: string, values: TreeValues): TreeValues {
  const field = `columns.${name}`;
  if (isCoded(values)) {
    if (values.codes instanceof Int32Array && Array.isArray(values.categories)) {
      if (values.categories.length <= MOST_CATEGORIES) return values;
      throw tooManyCategories(WHO, name, String(values.categories.length));
    }
    throw invalid(field, "codes in an Int32Array and a list of categories", described(values.codes));
  }
  if (isNumericArray(values) || Array.isArray(values)) return values;
  const remedy = ArrayBuffer.isView(values)
    ? "Copy it into a Float64Array."
    : "Give one array for each column.";
  throw invalid(
    field,
    "an array, a typed array of up to 32 bits an integer, or codes",
    described(values),
    remedy,
  );
}

function categoricalColumn(name: string, values: TreeValues, known?: readonly TreeCategory[]): TreeColumn {
  const kind = "categorical";
  if (!isCoded(values)) {
    const list = categoryList(known);
    const codes = categoryCodes(WHO, name, values, list, known !== undefined);
    return Object.freeze({ kind, name, codes, categories: Object.freeze(list.categories) });
  }
  const { codes, categories } = values;
  if (known === undefined || known === categories) return Object.freeze({ kind, name, codes, categories });
  const map = translation(categories, categoryList(known).find);
  return Object.freeze({ kind, name, codes: codes.map((code) => map[code] ?? -1), categories: known });
}

function numericColumn(name: string, values: TreeValues): TreeColumn {
  if (!isCoded(values))
    return Object.freeze({ kind: "numeric", name, values: numericValues(WHO, name, values) });
  throw invalid(`columns.${name}`, "numbers", "codes of categories");
}

function lengthOf(values: TreeValues): number {
  return isCoded(values) ? values.codes.length : values.length;
}

/** A table's columns in the form of a record's. */
function tableColumns({ columns }: TreeTable): ReadonlyMap<string, TreeValues> {
  return new Map(columns.map((column) => [column.name, column.kind === "numeric" ? column.values : column]));
}

/**
 * Rows as typed columns. Typed arrays are taken as they are, without a copy; a matrix is copied column by column.
 *
 * With `features`, those of a model, the table has exactly their columns in their order: by name, or by place where a
 * matrix comes without names. Codes are places in the features' lists, a category that they lack is missing, and columns
 * that the model does not ask are left out.
 *
 * @throws ARGUMENT_INVALID for columns of unequal length, none at all, unknown or repeated names and what is no array;
 *   DATA_MALFORMED, with column and row, for a value that the column cannot hold: text, dates, BigInts and objects among
 *   numbers, objects and infinities among categories, more than 2^20 different categories.
 * @example
 * treeTable({ columns: { age: [31, null, 54], country: ["de", "fr", null] }, categorical: ["country"] });
 * treeTable({ X: matrixOf([[1, 2], [3, 4]]) });
 */
export function treeTable(rows: TreeRows, features?: readonly TreeFeature[]): TreeTable {
  checkRows(rows);
  if (isTable(rows)) checkTable(WHO, rows);
  if (isTable(rows) && features === undefined) return rows;
  if ("X" in rows && features === undefined && (rows.categorical?.length ?? 0) === 0)
    return matrixTable(rows);
  const byPlace = features !== undefined && "X" in rows && rows.names === undefined;
  if (byPlace && rows.X.columns !== features.length)
    throw invalid("X", `${features.length} columns`, String(rows.X.columns));
  const given = isTable(rows)
    ? tableColumns(rows)
    : columnsOf(byPlace ? { ...rows, names: features.map(({ name }) => name) } : rows);
  const names = features?.map(({ name }) => name) ?? [...given.keys()];
  if (names.length === 0) throw invalid("columns", "at least one column", "none");
  for (const name of names) {
    if (!given.has(name)) throw invalid("columns", `a column ${JSON.stringify(name)}`, "no such column");
  }
  const categorical = new Set(isTable(rows) ? [] : rows.categorical);
  for (const name of categorical) {
    if (!given.has(name)) throw invalid("categorical", "names of columns", JSON.stringify(name));
  }
  const columns = names.map((name, place): TreeColumn => {
    const values = checkColumn(name, given.get(name)!);
    const feature = features?.[place];
    if (feature?.kind === "categorical") return categoricalColumn(name, values, feature.categories);
    if (feature === undefined && (categorical.has(name) || isCoded(values)))
      return categoricalColumn(name, values);
    return numericColumn(name, values);
  });
  const count = lengthOf(given.get(names[0]!)!);
  for (const name of names) {
    const length = lengthOf(given.get(name)!);
    if (length !== count)
      throw invalid(`columns.${name}`, `${count} values, as in ${JSON.stringify(names[0])}`, String(length));
  }
  return Object.freeze({ rows: count, columns: Object.freeze(columns) });
}
