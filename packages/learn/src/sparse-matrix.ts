import { tidelineError } from "@tideline/spec/error";
import { matrix, type FloatArray, type Indices, type Matrix } from "./matrix.ts";

/**
 * A table of numbers of which most are 0, by rows (CSR): the numbers of row `i` are `values` from `indptr[i]` to
 * `indptr[i + 1]`, in the columns that `indices` names in the same places, rising within a row. The object is frozen;
 * its arrays are those it was made of, and whoever changes them changes the matrix.
 */
export interface SparseMatrix {
  readonly kind: "sparse";
  readonly rows: number;
  readonly columns: number;
  /** [rows + 1], rising, from 0. */
  readonly indptr: Int32Array;
  /** [indptr[rows]] */
  readonly indices: Int32Array;
  /** [indptr[rows]]; a 0 among them counts as any number. */
  readonly values: FloatArray;
}

/**
 * A sparse matrix over its arrays, which are checked and not copied.
 *
 * @throws ARGUMENT_INVALID when they contradict each other.
 * @example
 * sparseMatrix({ rows: 2, columns: 3, indptr: new Int32Array([0, 2, 2]), indices: new Int32Array([0, 2]), values: new Float64Array([5, 7]) });
 */
export function sparseMatrix(parts: Omit<SparseMatrix, "kind">): SparseMatrix {
  const { rows, columns, indptr, indices, values } = parts;
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who: "sparseMatrix", field, expected, received });
  if (indptr.length !== rows + 1) throw wrong("indptr", `${rows + 1} places`, String(indptr.length));
  if (indptr[0] !== 0 || indptr[rows] !== indices.length)
    throw wrong("indptr", `places from 0 to ${indices.length}`, `${indptr[0]} to ${indptr[rows]}`);
  if (values.length !== indices.length)
    throw wrong("values", `${indices.length} numbers`, String(values.length));
  for (let row = 0; row < rows; row++) {
    let before = -1;
    if (indptr[row + 1]! < indptr[row]!)
      throw wrong(`indptr[${row + 1}]`, "rising places", String(indptr[row + 1]));
    for (let at = indptr[row]!; at < indptr[row + 1]!; at++) {
      const column = indices[at]!;
      if (column <= before || column >= columns)
        throw wrong(`indices[${at}]`, `a column above ${before} and below ${columns}`, String(column));
      before = column;
    }
  }
  return Object.freeze({ kind: "sparse", rows, columns, indptr, indices, values });
}

/** Whether a table is a {@link SparseMatrix}. */
export function isSparse(table: Matrix | SparseMatrix): table is SparseMatrix {
  return "indptr" in table;
}

/** The rows named by `rows`, in that order. @throws ARGUMENT_INVALID when one is outside the matrix. */
export function selectSparseRows(source: SparseMatrix, rows: Indices): SparseMatrix {
  const { indptr } = source;
  const starts = new Int32Array(rows.length + 1);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    if (!Number.isInteger(row) || row < 0 || row >= source.rows) {
      throw tidelineError("ARGUMENT_INVALID", {
        who: "selectSparseRows",
        field: `rows[${at}]`,
        expected: `an integer in 0..${source.rows - 1}`,
        received: String(row),
      });
    }
    starts[at + 1] = starts[at]! + indptr[row + 1]! - indptr[row]!;
  }
  const count = starts[rows.length]!;
  const indices = new Int32Array(count);
  const values = source.values instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
  for (let at = 0; at < rows.length; at++) {
    const [from, to] = [indptr[rows[at]!]!, indptr[rows[at]! + 1]!];
    indices.set(source.indices.subarray(from, to), starts[at]);
    values.set(source.values.subarray(from, to), starts[at]);
  }
  return Object.freeze({ ...source, rows: rows.length, indptr: starts, indices, values });
}

/** Numbers that a dense copy may have at most: 512 MiB of float64. */
const DENSE_NUMBERS = 2 ** 26;

/**
 * The same numbers with all zeros, for small tables.
 *
 * @throws ARGUMENT_INVALID for more than 2^26 numbers.
 */
export function denseMatrix(source: SparseMatrix): Matrix {
  const { rows, columns, indptr, indices, values } = source;
  if (rows * columns > DENSE_NUMBERS) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "denseMatrix",
      field: "source",
      expected: `at most ${DENSE_NUMBERS} numbers`,
      received: `${rows} x ${columns}`,
      remedy: "Keep it sparse: models that take a SparseMatrix need no zeros.",
    });
  }
  const out =
    values instanceof Float32Array ? new Float32Array(rows * columns) : new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let at = indptr[row]!; at < indptr[row + 1]!; at++) out[row * columns + indices[at]!] = values[at]!;
  return matrix(rows, columns, out);
}
