import { tidelineError } from "@tideline/spec/error";
import type { Column } from "./column.ts";
import { isValid } from "./validity.ts";

/**
 * A column as numbers, NaN where a row is missing: floats and times as they are (not copied), whole numbers and truths
 * converted, vectors row-major. 64-bit integers beyond 2^53 are rounded.
 *
 * @throws ARGUMENT_INVALID for strings, series and bytes.
 */
export function numbersOf(column: Column, who = "numbersOf"): Float32Array | Float64Array {
  switch (column.kind) {
    case "float":
    case "time":
    case "vector":
      return column.values;
    case "integer":
    case "boolean": {
      const { values, validity } = column;
      const wide = values instanceof BigInt64Array || values instanceof BigUint64Array;
      const out = wide ? floatsOfWide(values) : new Float64Array(values);
      if (validity !== undefined)
        for (let row = 0; row < out.length; row++) if (!isValid(validity, row)) out[row] = Number.NaN;
      return out;
    }
    default:
      throw tidelineError("ARGUMENT_INVALID", {
        who,
        field: `column "${column.name}"`,
        expected: "numbers",
        received: `a ${column.kind} column`,
      });
  }
}

/** 64-bit integers as float64, rounded once, without an object for any: the halves are added as numbers. */
function floatsOfWide(values: BigInt64Array | BigUint64Array): Float64Array {
  const out = new Float64Array(values.length);
  const low = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const high =
    values instanceof BigInt64Array
      ? new Int32Array(values.buffer, values.byteOffset, values.length * 2)
      : low;
  for (let row = 0; row < out.length; row++) out[row] = high[2 * row + 1]! * 0x1_0000_0000 + low[2 * row]!;
  return out;
}
