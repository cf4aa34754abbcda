import type { Column } from "../../frame/column.ts";
import { isMissing } from "../../frame/validity.ts";

/** The first row in which columns differ. */
export interface ColumnFault {
  readonly row: number;
  readonly expected: string;
  readonly received: string;
}

/** Numbers or a text or a truth; undefined where missing. */
type Cell = ArrayLike<number | bigint> | string | undefined;

/** How many rows a column has. */
export function rowsOf(column: Column): number {
  if ("offsets" in column) return column.offsets.length - 1;
  if (column.kind === "string") return column.codes.length;
  return column.values.length / (column.kind === "vector" ? column.width : 1);
}

function cellOf(column: Column, row: number): Cell {
  if (isMissing(column, row)) return undefined;
  if (column.kind === "string") return column.dictionary[column.codes[row]!]!;
  if ("offsets" in column) return column.values.slice(column.offsets[row], column.offsets[row + 1]);
  const width = column.kind === "vector" ? column.width : 1;
  return (column.values as Float64Array).slice(row * width, (row + 1) * width);
}

function textOf(cell: Cell): string {
  if (cell === undefined) return "a missing value";
  const text =
    typeof cell === "string"
      ? JSON.stringify(cell)
      : cell.length === 1
        ? String(cell[0])
        : `[${Array.from(cell, String).join(", ")}]`;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The largest finite magnitude of a column of numbers. */
function scaleOf(column: Column): number {
  let most = 0;
  if ("values" in column)
    for (let at = 0; at < column.values.length; at++) {
      const size = Math.abs(Number(column.values[at]));
      if (Number.isFinite(size) && size > most) most = size;
    }
  return most;
}

function same(one: Cell, other: Cell, most: number): boolean {
  if (one === undefined || other === undefined || typeof one === "string" || typeof other === "string")
    return one === other;
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) {
    const [left, right] = [Number(one[at]), Number(other[at])];
    if (!(Object.is(left, right) || left === right || Math.abs(left - right) <= most)) return false;
  }
  return true;
}

/** Where a column is not what it should be, numbers within a share of the largest; undefined where it is. */
export function columnFault(received: Column, expected: Column, tolerance: number): ColumnFault | undefined {
  const [have, want] = [rowsOf(received), rowsOf(expected)];
  const most = tolerance * scaleOf(expected);
  for (let row = 0; row < Math.min(have, want); row++) {
    const [one, other] = [cellOf(received, row), cellOf(expected, row)];
    if (!same(one, other, most)) return { row, expected: textOf(other), received: textOf(one) };
  }
  if (have === want) return undefined;
  return { row: Math.min(have, want), expected: `${want} rows`, received: `${have} rows` };
}
