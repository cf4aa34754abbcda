import { malformedEnsemble } from "../malformed-tree.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** How a column of numbers is kept: the first of these that loses nothing. */
const KINDS = { one: 0, whole: 1, single: 2, double: 3 } as const;

const bits = new DataView(new ArrayBuffer(8));

const isWhole = (value: number): boolean =>
  Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);

function floats(values: ArrayLike<number>, size: 4 | 8): Uint8Array {
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < values.length; at++) {
    if (size === 4) view.setFloat32(4 * at, values[at]!, true);
    else view.setFloat64(8 * at, values[at]!, true);
  }
  return bytes;
}

/**
 * Writes numbers, whose count the reader must know, in the least room of four ways; each comes back to the bit, NaN as NaN. Where `alike` is
 * false, equal ones are not written as one, so that a reader's memory stays in proportion to the bytes.
 */
export function writeNumbers(to: ByteWriter, values: Float64Array, alike = true): void {
  const [first] = values;
  if (first === undefined) return;
  if (alike && values.every((value) => Object.is(value, first))) {
    to.varint(KINDS.one);
    to.bytes(floats([first], 8));
    return;
  }
  if (values.every((value) => isWhole(value) && value < 2 ** 49)) {
    to.varint(KINDS.whole);
    for (const value of values) to.varint(value);
    return;
  }
  const single = values.every((value) => Object.is(Math.fround(value), value));
  to.varint(single ? KINDS.single : KINDS.double);
  to.bytes(floats(values, single ? 4 : 8));
}

/** @throws MODEL_MALFORMED */
export function readNumbers(from: ByteReader, field: string, count: number, alike = true): Float64Array {
  if (count === 0) return new Float64Array();
  const kind = from.varint(field, KINDS.double);
  if (kind !== KINDS.one || !alike) {
    const least = kind === KINDS.double ? 8 * count : kind === KINDS.single ? 4 * count : count;
    if (least > from.left()) throw malformedEnsemble(field, `${count} numbers`, `${from.left()} bytes`);
  }
  if (kind === KINDS.one && !alike) throw malformedEnsemble(field, "numbers one by one", "one for all");
  const out = new Float64Array(count);
  if (kind === KINDS.whole) {
    for (let at = 0; at < count; at++) out[at] = from.varint(field, 2 ** 49 - 1);
    return out;
  }
  const size = kind === KINDS.single ? 4 : 8;
  const bytes = from.bytes(kind === KINDS.one ? 8 : count * size);
  if (kind === KINDS.one) {
    for (let k = 0; k < 8; k++) bits.setUint8(k, bytes[k]!);
    return out.fill(bits.getFloat64(0, true));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < count; at++)
    out[at] = size === 4 ? view.getFloat32(4 * at, true) : view.getFloat64(8 * at, true);
  return out;
}
