import { tidelineError } from "@tideline/spec/error";
import type { Column, IntegerArray } from "./column.ts";

/** Typed arrays that a column can hold. */
export type TypedArray = IntegerArray | Float32Array | Float64Array | Uint8ClampedArray;

/** A column over a typed array, which is not copied. */
export function columnOfTyped(name: string, values: TypedArray): Column {
  if (values instanceof Float32Array || values instanceof Float64Array)
    return { kind: "float", name, values };
  if (values instanceof Uint8ClampedArray)
    return { kind: "integer", name, values: new Uint8Array(values.buffer, values.byteOffset, values.length) };
  if (values instanceof DataView || !("length" in values))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "frameOf",
      field: `column "${name}"`,
      expected: "an array of numbers",
      received: "a DataView",
    });
  return { kind: "integer", name, values };
}
