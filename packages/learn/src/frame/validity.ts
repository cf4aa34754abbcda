import type { Column, Validity } from "./column.ts";

/** Whether row `row` has a value. */
export function isValid(validity: Validity | undefined, row: number): boolean {
  return validity === undefined || (validity[row >> 3]! & (1 << (row & 7))) !== 0;
}

/** A bitmap of `rows` rows that all lack a value. */
export function noneValid(rows: number): Validity {
  return new Uint8Array(Math.ceil(rows / 8));
}

/** Says in `validity` that row `row` has a value. */
export function setValid(validity: Validity, row: number): void {
  validity[row >> 3]! |= 1 << (row & 7);
}

/** Whether a row of a column is missing, whatever its kind; see {@link Column} for how each kind says so. */
export function isMissing(column: Column, row: number): boolean {
  switch (column.kind) {
    case "float":
    case "time":
      return Number.isNaN(column.values[row]!);
    case "string":
      return column.codes[row]! < 0;
    case "vector":
      return Number.isNaN(column.values[row * column.width]!);
    default:
      return !isValid(column.validity, row);
  }
}
