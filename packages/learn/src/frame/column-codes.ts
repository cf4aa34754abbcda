import { tidelineError } from "@tideline/spec/error";
import { codeTable } from "./code-table.ts";
import type { Column, IntegerArray } from "./column.ts";
import { isWide } from "./integer-array.ts";
import { isValid } from "./validity.ts";

/** Rows of a column by what they hold: equal values have equal codes, missing ones -1. */
export interface ColumnCodes {
  /** [rows] */
  readonly codes: Int32Array;
  /** Codes are below this; some may be unused. */
  readonly count: number;
}

/**
 * The codes of a column's values. -0 equals 0.
 *
 * @throws ARGUMENT_INVALID for vectors, series and bytes.
 */
export function columnCodes(column: Column, who: string): ColumnCodes {
  switch (column.kind) {
    case "string":
      return { codes: column.codes, count: column.dictionary.length };
    case "float":
    case "time":
      return floatCodes(column.values);
    case "integer":
    case "boolean":
      return integerCodes(column.values, column.validity);
    default:
      throw tidelineError("ARGUMENT_INVALID", {
        who,
        field: `column "${column.name}"`,
        expected: "numbers, texts, truths or times as a key",
        received: `a ${column.kind} column`,
      });
  }
}

function floatCodes(values: Float32Array | Float64Array): ColumnCodes {
  const table = codeTable();
  const codes = new Int32Array(values.length);
  const number = new Float64Array(1);
  const words = new Int32Array(number.buffer);
  for (let row = 0; row < codes.length; row++) {
    const value = values[row]! + 0;
    number[0] = value;
    codes[row] = value === value ? table.codeOf(words[0]!, words[1]!) : -1;
  }
  return { codes, count: table.size };
}

function integerCodes(values: IntegerArray, validity: Uint8Array | undefined): ColumnCodes {
  const codes = new Int32Array(values.length);
  const mark = (count: number): ColumnCodes => {
    if (validity !== undefined)
      for (let row = 0; row < codes.length; row++) if (!isValid(validity, row)) codes[row] = -1;
    return { codes, count };
  };
  if (isWide(values)) {
    const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    const table = codeTable();
    for (let row = 0; row < codes.length; row++)
      codes[row] = table.codeOf(words[2 * row]!, words[2 * row + 1]!);
    return mark(table.size);
  }
  let [least, most] = [0, 0];
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  // Integers that lie close together are their own codes.
  if (most - least < 4 * values.length + 1024) {
    for (let row = 0; row < codes.length; row++) codes[row] = values[row]! - least;
    return mark(most - least + 1);
  }
  const table = codeTable();
  for (let row = 0; row < codes.length; row++) codes[row] = table.codeOf(values[row]! | 0, 0);
  return mark(table.size);
}
