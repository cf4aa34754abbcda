import { tidelineError } from "@tideline/spec/error";
import type { Column, Frame } from "./column.ts";
import { columnOfArray } from "./column-of-array.ts";
import { columnOfTyped, type TypedArray } from "./column-of-typed.ts";
import { frame } from "./frame.ts";

/** A value of a plain array; `null` and `undefined` are missing. */
export type PlainValue =
  | number
  | bigint
  | boolean
  | string
  | Date
  | Uint8Array
  | readonly number[]
  | Float32Array
  | Float64Array
  | Int32Array
  | null
  | undefined;

/** What {@link frameOf} makes a column of. */
export type PlainColumn = readonly PlainValue[] | TypedArray | Column;

/**
 * A frame of plain arrays, typed arrays (not copied) or columns, by name.
 *
 * Kinds of plain arrays: numbers are floats (float64), `bigint`s 64-bit integers, booleans and texts what they are,
 * `Date`s times, `Uint8Array`s bytes, arrays of numbers vectors where all have one length, else series. `null`,
 * `undefined` (and NaN among numbers) are missing; a column of nothing else is floats. Typed arrays are floats or
 * integers as their type says.
 *
 * @throws ARGUMENT_INVALID for values of several kinds (naming column, row, expected, received), an invalid `Date`, a
 *   `bigint` beyond 64 bits, and columns of different lengths.
 * @example
 * frameOf({ age: [31, null], city: ["Bonn", "Ulm"], steps: Int32Array.of(5, 7), at: [new Date(0), null] });
 */
export function frameOf(columns: Readonly<Record<string, PlainColumn>>): Frame {
  return frame(Object.entries(columns).map(([name, values]) => columnOfPlain(name, values)));
}

/** One column as {@link frameOf} makes it. */
export function columnOfPlain(name: string, values: PlainColumn): Column {
  if (Array.isArray(values)) return columnOfArray(name, values as readonly PlainValue[]);
  if (ArrayBuffer.isView(values)) return columnOfTyped(name, values as TypedArray);
  if (typeof values === "object" && values !== null && "kind" in values) return { ...values, name };
  throw tidelineError("ARGUMENT_INVALID", {
    who: "frameOf",
    field: `column "${name}"`,
    expected: "an array, a typed array or a column",
    received: values === null ? "null" : typeof values,
  });
}
