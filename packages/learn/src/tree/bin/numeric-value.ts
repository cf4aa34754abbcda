import { tidelineError, type TidelineError } from "@tideline/spec";
import type { NumericArray } from "../tree-table.ts";

const ARRAYS = [
  Float32Array,
  Float64Array,
  Int32Array,
  Int16Array,
  Int8Array,
  Uint32Array,
  Uint16Array,
  Uint8Array,
] as const;

/** Whether trees take a typed array as it is. */
export function isNumericArray(values: unknown): values is NumericArray {
  return ARRAYS.some((kind) => values instanceof kind);
}

/** What a value is, for a message: its kind, and its text where that is short. */
export function described(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (typeof value === "bigint") return `the BigInt ${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  return `an object (${value.constructor?.name ?? "without a prototype"})`;
}

/** The error of one value that its column cannot hold. */
export function badValue(
  who: string,
  column: string,
  row: number,
  expected: string,
  value: unknown,
  remedy: string,
): TidelineError {
  const field = `column ${JSON.stringify(column)}, row ${row}`;
  return tidelineError("DATA_MALFORMED", { who, field, expected, received: described(value), remedy });
}

function remedyFor(value: unknown): string {
  if (typeof value === "string")
    return "Name the column among the categorical ones, or convert it to numbers first.";
  if (typeof value === "bigint") return "Convert it by Number(), where 53 bits are enough.";
  if (value instanceof Date) return "Convert it by getTime(), or to the parts that matter (hour, weekday).";
  return "Convert the column to numbers first.";
}

/**
 * A column as numbers. A typed array is taken as it is, without a copy; in others `null`, `undefined` and NaN are
 * missing, and `false` and `true` are 0 and 1.
 *
 * @throws DATA_MALFORMED for any other value, naming column and row.
 */
export function numericValues(
  who: string,
  column: string,
  values: NumericArray | readonly unknown[],
): NumericArray {
  if (isNumericArray(values)) return values;
  const out = new Float64Array(values.length);
  for (let row = 0; row < out.length; row++) {
    const value = values[row];
    if (typeof value === "number") out[row] = value;
    else if (value === null || value === undefined) out[row] = NaN;
    else if (typeof value === "boolean") out[row] = value ? 1 : 0;
    else throw badValue(who, column, row, "a number, or none", value, remedyFor(value));
  }
  return out;
}
