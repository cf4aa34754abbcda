import { tidelineError } from "@tideline/spec/error";

/** The storage of a {@link Matrix}. */
export type FloatArray = Float32Array | Float64Array;

/**
 * A dense table of numbers, `[rows, columns]`, row-major: element (i, j) is `values[i * columns + j]`.
 * The object is frozen and nothing in this package writes to `values` after construction.
 */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: FloatArray;
}

/** Integers that name rows, classes or groups. */
export type Indices = Int32Array | readonly number[];

/**
 * A matrix over `values`, which are not copied.
 *
 * @throws ARGUMENT_INVALID when the length is not `rows * columns`.
 * @example
 * matrix(2, 3, new Float32Array([1, 2, 3, 4, 5, 6]));
 */
export function matrix(rows: number, columns: number, values: FloatArray): Matrix {
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 0 || columns < 0) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "matrix",
      field: "rows, columns",
      expected: "two integers of at least 0",
      received: `${rows}, ${columns}`,
    });
  }
  if (values.length !== rows * columns) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "matrix",
      field: "values",
      expected: `${rows} x ${columns} = ${rows * columns} numbers`,
      received: `${values.length}`,
    });
  }
  return Object.freeze({ rows, columns, values });
}

/** A float64 matrix from nested arrays of equal length; for small tables and tests. */
export function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const values = new Float64Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    if (row.length !== columns) {
      throw tidelineError("ARGUMENT_INVALID", {
        who: "matrixOf",
        field: `row ${index}`,
        expected: `${columns} numbers`,
        received: `${row.length}`,
      });
    }
    values.set(row, index * columns);
  }
  return matrix(rows.length, columns, values);
}

/** Zeros of the same storage type as `like`. */
export function zerosLike(like: FloatArray, length: number): FloatArray {
  return like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

/** Row `row` as a view (not a copy) of length `columns`. */
export function rowOf(source: Matrix, row: number): FloatArray {
  return source.values.subarray(row * source.columns, (row + 1) * source.columns);
}

/** Column `column` as a copy of length `rows`. */
export function columnOf(source: Matrix, column: number): Float64Array {
  const { rows, columns, values } = source;
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) out[i] = values[i * columns + column]!;
  return out;
}

/**
 * The rows named by `indices`, in that order, as a new matrix of the same storage type.
 *
 * @throws ARGUMENT_INVALID when an index is outside the matrix.
 */
export function selectRows(source: Matrix, indices: Indices): Matrix {
  const { columns, values } = source;
  const out = zerosLike(values, indices.length * columns);
  for (let i = 0; i < indices.length; i++) {
    const row = checkIndex(indices[i]!, source.rows, "selectRows", "rows");
    out.set(values.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  return matrix(indices.length, columns, out);
}

/**
 * The columns named by `indices`, in that order, as a new matrix of the same storage type.
 *
 * @throws ARGUMENT_INVALID when an index is outside the matrix.
 */
export function selectColumns(source: Matrix, indices: Indices): Matrix {
  const { rows, columns, values } = source;
  const width = indices.length;
  const out = zerosLike(values, rows * width);
  for (let j = 0; j < width; j++) {
    const column = checkIndex(indices[j]!, columns, "selectColumns", "columns");
    for (let i = 0; i < rows; i++) out[i * width + j] = values[i * columns + column]!;
  }
  return matrix(rows, width, out);
}

/** The entries of an integer array at `indices`: labels or groups that go with {@link selectRows}. */
export function selectLabels(labels: Indices, indices: Indices): Int32Array {
  const out = new Int32Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    out[i] = labels[checkIndex(indices[i]!, labels.length, "selectLabels", "labels")]!;
  }
  return out;
}

function checkIndex(index: number, bound: number, who: string, what: string): number {
  if (Number.isInteger(index) && index >= 0 && index < bound) return index;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "indices",
    expected: `integers in 0..${bound - 1} (there are ${bound} ${what})`,
    received: String(index),
  });
}
