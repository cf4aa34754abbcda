import type { FloatArray, Matrix } from "../../matrix.ts";

/** Rows that are read at a time: their values lie in a core's cache until every column has taken its own. */
const BLOCK = 256;

/** The columns of a row-major matrix, copied, in the matrix's own storage type. */
export function matrixColumns({ rows, columns, values }: Matrix): FloatArray[] {
  const make = values instanceof Float32Array ? Float32Array : Float64Array;
  const out = Array.from({ length: columns }, () => new make(rows));
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(rows, start + BLOCK);
    for (let column = 0; column < columns; column++)
      copyColumn(values, columns, column, out[column]!, start, end);
  }
  return out;
}

function copyColumn(
  values: FloatArray,
  stride: number,
  column: number,
  into: FloatArray,
  start: number,
  end: number,
): void {
  for (let row = start, at = start * stride + column; row < end; row++, at += stride) into[row] = values[at]!;
}
