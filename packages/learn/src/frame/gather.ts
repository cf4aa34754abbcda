import type { Validity } from "./column.ts";
import { isValid, noneValid, setValid } from "./validity.ts";

/** Arrays of numbers that columns are made of. */
export type NumberArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** An array of `length` zeros of the same type. */
export function arrayLike<Values extends NumberArray>(like: Values, length: number): Values {
  return new (like.constructor as new (length: number) => Values)(length);
}

/**
 * The values at `places`, `width` in a row; where a place is -1, zeros. Places are not checked. Bits travel by the size
 * of the element, so that a loop sees one type of array and stays fast, and 64-bit integers make no object.
 */
export function gather<Values extends NumberArray>(values: Values, places: Int32Array, width = 1): Values {
  const out = arrayLike(values, places.length * width);
  if (values instanceof Float64Array && width === 1) gather64(values, out as Float64Array, places);
  else if (values.BYTES_PER_ELEMENT === 1 && width === 1) gather8(bytesOf(values), bytesOf(out), places);
  else if (values.BYTES_PER_ELEMENT === 2 && width === 1) gather16(halvesOf(values), halvesOf(out), places);
  else if (values.BYTES_PER_ELEMENT >= 4)
    gather32(wordsOf(values), wordsOf(out), places, (width * values.BYTES_PER_ELEMENT) / 4);
  else gatherWide(bytesOf(values), bytesOf(out), places, width * values.BYTES_PER_ELEMENT);
  return out;
}

/** The bitmap of the rows at `places`: absent where all of them are valid. -1 is not. */
export function gatherValidity(validity: Validity | undefined, places: Int32Array): Validity | undefined {
  if (validity === undefined && !places.includes(-1)) return undefined;
  const out = noneValid(places.length);
  for (let row = 0; row < places.length; row++) {
    const from = places[row]!;
    if (from >= 0 && isValid(validity, from)) setValid(out, row);
  }
  return out;
}

const bytesOf = (values: NumberArray) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const halvesOf = (values: NumberArray) =>
  new Uint16Array(values.buffer, values.byteOffset, values.byteLength / 2);
const wordsOf = (values: NumberArray) =>
  new Int32Array(values.buffer, values.byteOffset, values.byteLength / 4);

function gather64(values: Float64Array, out: Float64Array, places: Int32Array): void {
  for (let row = 0; row < places.length; row++) {
    const from = places[row]!;
    if (from >= 0) out[row] = values[from]!;
  }
}

function gather8(values: Uint8Array, out: Uint8Array, places: Int32Array): void {
  for (let row = 0; row < places.length; row++) {
    const from = places[row]!;
    if (from >= 0) out[row] = values[from]!;
  }
}

function gather16(values: Uint16Array, out: Uint16Array, places: Int32Array): void {
  for (let row = 0; row < places.length; row++) {
    const from = places[row]!;
    if (from >= 0) out[row] = values[from]!;
  }
}

function gather32(values: Int32Array, out: Int32Array, places: Int32Array, width: number): void {
  if (width > 8) return gatherWide(values, out, places, width);
  if (width === 1) {
    for (let row = 0; row < places.length; row++) {
      const from = places[row]!;
      if (from >= 0) out[row] = values[from]!;
    }
    return;
  }
  for (let row = 0; row < places.length; row++) {
    const from = places[row]! * width;
    if (from >= 0) for (let at = 0; at < width; at++) out[row * width + at] = values[from + at]!;
  }
}

function gatherWide<Values extends Int32Array | Uint8Array>(
  values: Values,
  out: Values,
  places: Int32Array,
  width: number,
): void {
  for (let row = 0; row < places.length; row++) {
    const from = places[row]! * width;
    if (from >= 0) out.set(values.subarray(from, from + width), row * width);
  }
}
