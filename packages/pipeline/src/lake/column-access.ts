import { tidelineError } from "@tideline/spec/error";
import type { Column, Columns, Ragged } from "./column-reader.ts";

/** The column of a name, of the kind that a guard knows. */
function columnOf<Kind extends Column>(
  columns: Columns,
  name: string,
  expected: string,
  isKind: (column: Column) => column is Kind,
): Kind {
  const column = columns[name];
  if (column !== undefined && isKind(column)) return column;
  const received = column === undefined ? "no such column" : "another type";
  throw tidelineError("ARGUMENT_INVALID", { who: "result", field: name, expected, received });
}

/** A column of numbers, booleans (0 and 1) or times (milliseconds); NULL is NaN. */
export function numbers(columns: Columns, name: string): Float64Array {
  return columnOf(columns, name, "numbers", (column) => column instanceof Float64Array);
}

/** A column of 32-bit numbers; NULL is NaN. */
export function floats(columns: Columns, name: string): Float32Array {
  return columnOf(columns, name, "FLOAT", (column) => column instanceof Float32Array);
}

/** A column of text. */
export function texts(columns: Columns, name: string): readonly (string | null)[] {
  return columnOf(columns, name, "VARCHAR", (column): column is readonly (string | null)[] =>
    Array.isArray(column),
  );
}

/** A column of lists of 32-bit numbers. */
export function lists(columns: Columns, name: string): Ragged {
  return columnOf(columns, name, "FLOAT[]", (column): column is Ragged => "offsets" in column);
}
