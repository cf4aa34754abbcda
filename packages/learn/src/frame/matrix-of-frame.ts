import { tidelineError } from "@tideline/spec/error";
import { matrix, type Matrix } from "../matrix.ts";
import type { Column, FloatColumn, Frame } from "./column.ts";
import { columnNamed, frame } from "./frame.ts";
import { numbersOf } from "./numbers-of.ts";

/** Rows that are written column by column before the next ones: a block of 40 float64 columns stays in a core's cache. */
const BLOCK = 256;

/** Options of {@link toMatrix}. */
export interface ToMatrixOptions {
  /** Numbers of 4 bytes. Default: 8. */
  readonly float32?: boolean;
}

/**
 * Columns as a dense row-major matrix for estimators, missing values NaN. A vector takes as many columns as it is
 * wide; integers, truths and times are numbers.
 *
 * @param names The columns, in this order. Default: all.
 * @throws ARGUMENT_INVALID for a column that is absent or not of numbers.
 * @example
 * const x = toMatrix(rows, ["age", "income"]);
 */
export function toMatrix(
  rows: Frame,
  names: readonly string[] = rows.columns.map(({ name }) => name),
  { float32 = false }: ToMatrixOptions = {},
): Matrix {
  const columns = names.map((name) => columnNamed(rows, name, "toMatrix"));
  const widths = columns.map((column) => (column.kind === "vector" ? column.width : 1));
  const width = widths.reduce((sum, one) => sum + one, 0);
  const sources = columns.map((column) => numbersOf(column, "toMatrix"));
  const out = float32 ? new Float32Array(rows.rows * width) : new Float64Array(rows.rows * width);
  for (let start = 0; start < rows.rows; start += BLOCK) {
    const end = Math.min(rows.rows, start + BLOCK);
    let at = 0;
    for (let index = 0; index < sources.length; index++) {
      const own = widths[index]!;
      if (own === 1) scatter(sources[index]!, out, start, end, width, at);
      else
        for (let row = start; row < end; row++)
          out.set(sources[index]!.subarray(row * own, (row + 1) * own), row * width + at);
      at += own;
    }
  }
  return matrix(rows.rows, width, out);
}

/** Writes rows of a column into a matrix of `width` columns. Four types meet here, which one compiled loop still tells apart. */
function scatter(
  source: Float32Array | Float64Array,
  out: Float32Array | Float64Array,
  start: number,
  end: number,
  width: number,
  at: number,
): void {
  let to = start * width + at;
  for (let row = start; row < end; row++, to += width) out[to] = source[row]!;
}

/**
 * A matrix as a frame of float columns of its storage type.
 *
 * @throws ARGUMENT_INVALID where there is not one name for each column, each once.
 */
export function frameOfMatrix(source: Matrix, names: readonly string[]): Frame {
  const { rows, columns, values } = source;
  if (names.length !== columns)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "frameOfMatrix",
      field: "names",
      expected: `${columns} names, one for each column`,
      received: String(names.length),
    });
  const outs = names.map(() =>
    values instanceof Float32Array ? new Float32Array(rows) : new Float64Array(rows),
  );
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(rows, start + BLOCK);
    for (let column = 0; column < columns; column++) {
      const out = outs[column]!;
      for (let row = start; row < end; row++) out[row] = values[row * columns + column]!;
    }
  }
  const made = names.map(
    (name, at): Column => ({ kind: "float", name, values: outs[at]! }) satisfies FloatColumn,
  );
  if (made.length === 0) return Object.freeze({ rows, columns: Object.freeze(made) });
  return frame(made);
}
