import { tidelineError } from "@tideline/spec/error";
import { byteWriter, type ByteWriter } from "../../tree/model/stored/byte-writer.ts";
import { MOST_DEPTH, TAGS } from "./format.ts";

const WHO = "storeTransform";

/**
 * A plain value as bytes, one form for each value: fields in the order of their code units, lengths in their shortest form,
 * numbers little-endian, every NaN the same one. Fields that are undefined are left out.
 *
 * @throws ARGUMENT_INVALID for what is not plain: functions, class instances, cycles.
 */
export function encodeState(value: unknown): Uint8Array {
  const to = byteWriter();
  write(to, value, 0);
  return to.done().slice();
}

function write(to: ByteWriter, value: unknown, depth: number): void {
  if (depth > MOST_DEPTH)
    throw notPlain(`values nested at most ${MOST_DEPTH} deep`, "deeper ones, or a cycle");
  if (value === null) return to.varint(TAGS.null);
  if (typeof value === "boolean") return to.varint(value ? TAGS.true : TAGS.false);
  if (typeof value === "number") {
    to.varint(TAGS.number);
    return to.bytes(floats([value], 8));
  }
  if (typeof value === "string") {
    to.varint(TAGS.text);
    return writeText(to, value);
  }
  if (value instanceof Float64Array) return writeArray(to, TAGS.float64, value.length, floats(value, 8));
  if (value instanceof Float32Array) return writeArray(to, TAGS.float32, value.length, floats(value, 4));
  if (value instanceof Int32Array) return writeArray(to, TAGS.int32, value.length, integers(value));
  if (value instanceof Uint8Array) return writeArray(to, TAGS.bytes, value.length, value);
  if (Array.isArray(value)) {
    to.varint(TAGS.list);
    to.varint(value.length);
    for (const item of value) write(to, item, depth + 1);
    return;
  }
  if (typeof value === "object") return writeRecord(to, value, depth);
  throw notPlain("plain values and typed arrays", typeof value);
}

function writeRecord(to: ByteWriter, value: object, depth: number): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw notPlain("plain values and typed arrays", `an instance of ${value.constructor.name}`);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  to.varint(TAGS.record);
  to.varint(entries.length);
  for (const [name, item] of entries) {
    writeText(to, name);
    write(to, item, depth + 1);
  }
}

/** Text in UTF-16, so that a lone surrogate comes back, or in UTF-8 where it is whole. */
function writeText(to: ByteWriter, text: string): void {
  const bytes = new TextEncoder().encode(text);
  if (text.isWellFormed()) {
    to.varint(2 * bytes.length);
    return to.bytes(bytes);
  }
  const units = new Uint8Array(2 * text.length);
  for (let at = 0; at < text.length; at++) {
    units[2 * at] = text.charCodeAt(at) & 255;
    units[2 * at + 1] = text.charCodeAt(at) >> 8;
  }
  to.varint(2 * units.length + 1);
  to.bytes(units);
}

function writeArray(to: ByteWriter, tag: number, length: number, bytes: Uint8Array): void {
  to.varint(tag);
  to.varint(length);
  to.bytes(bytes);
}

function floats(values: ArrayLike<number>, size: 4 | 8): Uint8Array {
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    // Engines may keep the bits of a NaN: all are written as one.
    const one = Number.isNaN(value) ? Number.NaN : value;
    if (size === 4) view.setFloat32(4 * at, one, true);
    else view.setFloat64(8 * at, one, true);
  }
  return bytes;
}

function integers(values: Int32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < values.length; at++) view.setInt32(4 * at, values[at]!, true);
  return bytes;
}

function notPlain(expected: string, received: string) {
  return tidelineError("ARGUMENT_INVALID", { who: WHO, field: "state", expected, received });
}
