import type { Column, ColumnSchema, FrameSchema } from "../frame/column.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import type { FloatArray } from "../matrix.ts";

/** One number of each row, within a column: element `start + row * stride`. A column of numbers is one lane, a vector several. */
export interface Lane {
  readonly values: FloatArray;
  readonly start: number;
  readonly stride: number;
}

/** Numbers of a row that columns of this schema hold. */
export function widthOf(schema: FrameSchema): number {
  return schema.reduce((sum, column) => sum + laneCount(column), 0);
}

/** Lanes of a column. */
export function laneCount({ kind, width }: ColumnSchema): number {
  return kind === "vector" ? width! : 1;
}

/** The lanes of columns, in order. Columns of floats are not copied. @throws ARGUMENT_INVALID for strings, series and bytes. */
export function lanesOf(columns: readonly Column[], who: string): readonly Lane[] {
  return columns.flatMap((column): Lane[] => {
    const values = numbersOf(column, who);
    if (column.kind !== "vector") return [{ values, start: 0, stride: 1 }];
    return Array.from({ length: column.width }, (_, start) => ({ values, start, stride: column.width }));
  });
}

/** Names of lanes for messages and features: that of the column, with the element behind it where there are several. */
export function laneNames(schema: FrameSchema): readonly string[] {
  return schema.flatMap((column) =>
    column.kind === "vector"
      ? Array.from({ length: column.width! }, (_, at) => `${column.name}[${at}]`)
      : [column.name],
  );
}

/** The numbers of a lane side by side: the column's own array where they stand so already. */
export function packedLane({ values, start, stride }: Lane, rows: number): FloatArray {
  if (stride === 1)
    return start === 0 && values.length === rows ? values : values.subarray(start, start + rows);
  const out = new Float64Array(rows);
  for (let row = 0, at = start; row < rows; row++, at += stride) out[row] = values[at]!;
  return out;
}
