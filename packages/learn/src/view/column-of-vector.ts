import type { Column } from "../frame/column.ts";
import { noneValid, setValid } from "../frame/validity.ts";
import type { ScalarVector } from "./scalar-vector.ts";

/**
 * A vector as a column: float64 as floats (null and NaN are both missing), int64 as whole numbers (32 bits where all fit,
 * 64 otherwise), times in microseconds.
 */
export function columnOfVector(name: string, { type, values, nulls, dictionary }: ScalarVector): Column {
  const rows = values.length;
  switch (type) {
    case "string": {
      const codes = new Int32Array(rows);
      for (let row = 0; row < rows; row++) codes[row] = nulls?.[row] === 1 ? -1 : values[row]!;
      return { kind: "string", name, codes, dictionary: dictionary ?? [] };
    }
    case "float64":
    case "time": {
      const scale = type === "time" ? 1000 : 1;
      const out = new Float64Array(rows);
      for (let row = 0; row < rows; row++)
        out[row] = nulls !== undefined && nulls[row] === 1 ? Number.NaN : values[row]! * scale + 0;
      return { kind: type === "time" ? "time" : "float", name, values: out };
    }
    case "boolean":
      return { kind: "boolean", name, values: Uint8Array.from(values), ...validityOf(nulls) };
    case "int64":
      return { kind: "integer", name, values: wholeNumbers(values), ...validityOf(nulls) };
  }
}

function wholeNumbers(values: Float64Array): Int32Array | BigInt64Array {
  let narrow = true;
  for (let row = 0; row < values.length; row++) if (values[row]! !== (values[row]! | 0)) narrow = false;
  return narrow ? Int32Array.from(values) : BigInt64Array.from(values as unknown as number[], BigInt);
}

function validityOf(nulls: Uint8Array | undefined) {
  if (nulls === undefined) return {};
  const validity = noneValid(nulls.length);
  for (let row = 0; row < nulls.length; row++) if (nulls[row] === 0) setValid(validity, row);
  return { validity };
}
