import type { Column, Frame } from "./column.ts";
import { compareSchema } from "./compare-schema.ts";
import { frameSchema } from "./frame.ts";
import { isMissing } from "./validity.ts";

/** Options of {@link frameDifference}. */
export interface EqualOptions {
  /** Largest difference of two floats that passes, relative to the larger one (and to 1). Default 0. */
  readonly tolerance?: number;
  /** Whether the types of the arrays must be the same (float32, Int8Array ...). Default false: values count. */
  readonly storage?: boolean;
}

/**
 * The first difference of two frames in words, or undefined where there is none: columns in order, kinds, widths,
 * units, which rows are missing, and values. What lies behind a missing row and the order of a dictionary do not count;
 * NaN equals NaN.
 */
export function frameDifference(one: Frame, other: Frame, options: EqualOptions = {}): string | undefined {
  const [schema] = compareSchema(frameSchema(one), frameSchema(other));
  if (schema !== undefined)
    return `column "${schema.column}": ${schema.change}: "${schema.before}" and "${schema.after}"`;
  if (one.rows !== other.rows) return `${one.rows} rows and ${other.rows} rows`;
  for (const [at, column] of one.columns.entries()) {
    const found = columnDifference(column, other.columns[at]!, one.rows, options);
    if (found !== undefined) return `column "${column.name}", ${found}`;
  }
  return undefined;
}

/** Whether {@link frameDifference} finds none. */
export function equalFrames(one: Frame, other: Frame, options?: EqualOptions): boolean {
  return frameDifference(one, other, options) === undefined;
}

function columnDifference(
  one: Column,
  other: Column,
  rows: number,
  { tolerance = 0, storage = false }: EqualOptions,
): string | undefined {
  const typeOf = (column: Column) => ("values" in column ? column.values.constructor.name : "");
  if (storage && typeOf(one) !== typeOf(other)) return `storage: ${typeOf(one)} and ${typeOf(other)}`;
  const same = alike(one, other, tolerance);
  for (let row = 0; row < rows; row++) {
    const [gone, away] = [isMissing(one, row), isMissing(other, row)];
    if (gone !== away)
      return `row ${row}: ${gone ? "missing" : "a value"} and ${away ? "missing" : "a value"}`;
    if (!gone && !same(row)) return `row ${row}: ${show(one, row)} and ${show(other, row)}`;
  }
  return undefined;
}

/** Whether a row that neither lacks is alike in two columns of one kind and width. */
function alike(one: Column, other: Column, tolerance: number): (row: number) => boolean {
  const close = (a: number, b: number): boolean =>
    Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
  if (one.kind === "string" && other.kind === "string")
    return (row) => one.dictionary[one.codes[row]!] === other.dictionary[other.codes[row]!];
  if (one.kind === "vector" && other.kind === "vector")
    return (row) => closeRange(one.values, row * one.width, other.values, row * one.width, one.width, close);
  if ("offsets" in one && "offsets" in other)
    return (row) => {
      const [from, start] = [one.offsets[row]!, other.offsets[row]!];
      const length = one.offsets[row + 1]! - from;
      return (
        length === other.offsets[row + 1]! - start &&
        closeRange(one.values, from, other.values, start, length, close)
      );
    };
  const [left, right] = [one, other] as unknown as { readonly values: ArrayLike<number | bigint> }[];
  if (one.kind === "integer" || one.kind === "boolean")
    return (row) => BigInt(left!.values[row]!) === BigInt(right!.values[row]!);
  return (row) => close(left!.values[row] as number, right!.values[row] as number);
}

function closeRange(
  one: ArrayLike<number>,
  from: number,
  other: ArrayLike<number>,
  start: number,
  length: number,
  close: (a: number, b: number) => boolean,
): boolean {
  for (let at = 0; at < length; at++) if (!close(one[from + at]!, other[start + at]!)) return false;
  return true;
}

function show(column: Column, row: number): string {
  if (column.kind === "string") return JSON.stringify(column.dictionary[column.codes[row]!]);
  if (column.kind === "vector")
    return String(column.values.subarray(row * column.width, (row + 1) * column.width));
  if ("offsets" in column)
    return `[${String(column.values.subarray(column.offsets[row], column.offsets[row + 1]))}]`;
  return String(column.values[row]);
}
