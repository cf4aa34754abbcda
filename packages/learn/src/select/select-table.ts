import { tidelineError } from "@tideline/spec";
import type { Column, Frame } from "../frame/column.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import type { Indices, Matrix } from "../matrix.ts";
import { matrix } from "../matrix.ts";

/**
 * Rows that a selection judges: a frame, a matrix, a matrix whose columns have names (else "f0", "f1", ...), or a table of
 * columns that are read when asked.
 */
export type SelectRows =
  | Frame
  | Matrix
  | { readonly X: Matrix; readonly names?: readonly string[] }
  | SelectTable;

/** A column of numbers (NaN: missing) or of texts by code (-1: missing). */
export type SelectColumn =
  | {
      readonly kind: "numbers";
      readonly name: string;
      /** Truths: few values that are no amounts. */
      readonly discrete: boolean;
      /** The values, [rows]; nobody writes to them, and who keeps them copies them. */
      read(): Float64Array;
    }
  | {
      readonly kind: "texts";
      readonly name: string;
      readonly codes: Int32Array;
      readonly dictionary: readonly string[];
    };

/** Rows in the form that selections read. */
export interface SelectTable {
  readonly rows: number;
  readonly columns: readonly SelectColumn[];
  /** Columns of other kinds (vectors, series, bytes), which no selection judges; they are kept. */
  readonly others: readonly string[];
  /** Names of all columns, in order. */
  readonly names: readonly string[];
}

/** Columns of a matrix that are taken out together: a cache line of 64 bytes holds 8 to 16 neighbours of a row. */
const BLOCK = 16;

/**
 * Rows as a {@link SelectTable}; columns of a matrix are read when asked, so that no second copy of it is in memory.
 *
 * @throws ARGUMENT_INVALID for names that are not as many as columns, or given twice.
 */
export function selectTable(who: string, rows: SelectRows): SelectTable {
  if ("others" in rows) return rows;
  if ("columns" in rows && typeof rows.columns !== "number") return tableOfFrame(rows as Frame);
  const { X, names } = "X" in rows ? rows : { X: rows as Matrix, names: undefined };
  const given = names ?? Array.from({ length: X.columns }, (_, at) => `f${at}`);
  const wrong = (expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field: "names", expected, received });
  if (given.length !== X.columns) throw wrong(`${X.columns} names`, String(given.length));
  const twice = given.length - new Set(given).size;
  if (twice > 0) throw wrong("each name once", `${twice} of them again`);
  const read = blockReader(X);
  return Object.freeze({
    rows: X.rows,
    columns: given.map((name, at) => ({
      kind: "numbers" as const,
      name,
      discrete: false,
      read: () => read(at),
    })),
    others: [],
    names: given,
  });
}

function tableOfFrame(rows: Frame): SelectTable {
  const columns: SelectColumn[] = [];
  const others: string[] = [];
  for (const column of rows.columns) {
    const taken = selectColumn(column);
    if (taken === undefined) others.push(column.name);
    else columns.push(taken);
  }
  return Object.freeze({ rows: rows.rows, columns, others, names: rows.columns.map(({ name }) => name) });
}

function selectColumn(column: Column): SelectColumn | undefined {
  const { name } = column;
  switch (column.kind) {
    case "string":
      return { kind: "texts", name, codes: column.codes, dictionary: column.dictionary };
    case "float":
    case "time":
    case "integer":
    case "boolean": {
      const read = () => {
        const values = numbersOf(column);
        return values instanceof Float64Array ? values : Float64Array.from(values);
      };
      return { kind: "numbers", name, discrete: column.kind === "boolean", read };
    }
    default:
      return undefined;
  }
}

/** Reads columns of a row-major matrix, neighbours together. */
function blockReader(X: Matrix): (column: number) => Float64Array {
  let first = -1;
  let block: Float64Array[] = [];
  return (column) => {
    const from = column - (column % BLOCK);
    if (from !== first) {
      const width = Math.min(BLOCK, X.columns - from);
      block = Array.from({ length: width }, () => new Float64Array(X.rows));
      takeBlock(X, from, block);
      first = from;
    }
    return block[column - from]!;
  };
}

function takeBlock({ rows, columns, values }: Matrix, from: number, block: readonly Float64Array[]): void {
  for (let start = 0; start < rows; start += 512) {
    const end = Math.min(rows, start + 512);
    for (let j = 0; j < block.length; j++) {
      const own = block[j]!;
      for (let i = start, at = start * columns + from + j; i < end; i++, at += columns) own[i] = values[at]!;
    }
  }
}

/** Some of the rows, in that order, as a table of their own. */
export function tableRowsAt(table: SelectTable, rows: Indices): SelectTable {
  const columns = table.columns.map((column): SelectColumn => {
    if (column.kind === "texts") {
      const codes = Int32Array.from(rows, (row) => column.codes[row]!);
      return { ...column, codes };
    }
    const read = () => {
      const values = column.read();
      const out = new Float64Array(rows.length);
      for (let at = 0; at < rows.length; at++) out[at] = values[rows[at]!]!;
      return out;
    };
    return { ...column, read };
  });
  return Object.freeze({ ...table, rows: rows.length, columns });
}

/** Some of the columns that are judged, by their places among these. */
export function tableColumnsAt(table: SelectTable, places: readonly number[]): SelectTable {
  const columns = places.map((at) => table.columns[at]!);
  return Object.freeze({ rows: table.rows, columns, others: [], names: columns.map(({ name }) => name) });
}

/**
 * The columns of numbers as a matrix, [rows, columns], float64.
 *
 * @throws ARGUMENT_INVALID for a column of texts; DATA_MALFORMED for a number that is not finite.
 */
export function matrixOfTable(who: string, table: SelectTable): Matrix {
  const { rows } = table;
  const width = table.columns.length;
  const values = new Float64Array(rows * width);
  for (const [j, column] of table.columns.entries()) {
    const own = finiteNumbers(who, column);
    for (let i = 0, at = j; i < rows; i++, at += width) values[at] = own[i]!;
  }
  return matrix(rows, width, values);
}

/** A column's numbers. @throws ARGUMENT_INVALID for texts; DATA_MALFORMED for a number that is not finite. */
export function finiteNumbers(who: string, column: SelectColumn): Float64Array {
  const values = numbersIn(who, column);
  for (let row = 0; row < values.length; row++)
    if (!Number.isFinite(values[row]!)) throw notFinite(who, column.name, row, values[row]!);
  return values;
}

/** A column's numbers, NaN where they are missing. @throws ARGUMENT_INVALID for a column of texts. */
export function numbersIn(who: string, column: SelectColumn): Float64Array {
  if (column.kind === "numbers") return column.read();
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: `column "${column.name}"`,
    expected: "numbers",
    received: "texts",
    remedy: "Encode it first, or leave it out.",
  });
}

/** The error for a missing or infinite number. */
export function notFinite(who: string, name: string, row: number, value: number): Error {
  return tidelineError("DATA_MALFORMED", {
    who,
    field: `column "${name}", row ${row}`,
    expected: "a finite number",
    received: Number.isNaN(value) ? "a missing one" : String(value),
    remedy: 'Impute first, or say missing: "omit" where the selection has that option.',
  });
}

/** The table with its texts among the columns that are not judged. */
export function numbersOnly(table: SelectTable): SelectTable {
  const columns = table.columns.filter(({ kind }) => kind === "numbers");
  const texts = table.columns.filter(({ kind }) => kind === "texts").map(({ name }) => name);
  return texts.length === 0
    ? table
    : Object.freeze({ ...table, columns, others: [...table.others, ...texts] });
}
