import { tidelineError } from "@tideline/spec/error";
import type { IntegerArray } from "./column.ts";

/** Bits of an integer type, and whether it has negative ones. */
const TYPES = [
  { make: Int8Array, bits: 8, signed: true },
  { make: Uint8Array, bits: 8, signed: false },
  { make: Int16Array, bits: 16, signed: true },
  { make: Uint16Array, bits: 16, signed: false },
  { make: Int32Array, bits: 32, signed: true },
  { make: Uint32Array, bits: 32, signed: false },
  { make: BigInt64Array, bits: 64, signed: true },
  { make: BigUint64Array, bits: 64, signed: false },
] as const;

/** Whether the elements of an array are `bigint`s. */
export function isWide(values: IntegerArray): values is BigInt64Array | BigUint64Array {
  return values instanceof BigInt64Array || values instanceof BigUint64Array;
}

/**
 * Arrays of whole numbers one after the other, in the narrowest type that holds every value of their types; signed
 * beside unsigned 64-bit ones become signed.
 *
 * @throws ARGUMENT_INVALID where such an unsigned one is 2^63 or more.
 */
export function widestInteger(name: string, arrays: readonly IntegerArray[], length: number): IntegerArray {
  const types = arrays.map((array) => TYPES.find(({ make }) => array instanceof make)!);
  const signed = types.some((type) => type.signed);
  const fits = (type: (typeof TYPES)[number]) =>
    types.every(
      (one) => one.make === type.make || type.bits > one.bits - (type.signed && one.signed ? 1 : 0),
    ) &&
    (type.signed || !signed);
  const { make } = TYPES.find(fits) ?? TYPES[6];
  const out: IntegerArray = new make(length);
  let at = 0;
  for (const array of arrays) {
    if (!isWide(out) || (isWide(array) && array.constructor === make))
      (out as Int32Array).set(array as Int32Array, at);
    else for (let row = 0; row < array.length; row++) out[at + row] = BigInt(array[row]!);
    if (make === BigInt64Array && array instanceof BigUint64Array) checkRange(name, array);
    at += array.length;
  }
  return out;
}

function checkRange(name: string, values: BigUint64Array): void {
  for (const value of values)
    if (value >= 2n ** 63n)
      throw tidelineError("ARGUMENT_INVALID", {
        who: `column "${name}"`,
        field: "values",
        expected: "whole numbers of one 64-bit type",
        received: `${value} beside negative ones`,
      });
}
