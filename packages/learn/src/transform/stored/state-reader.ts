import { byteReader, type ByteReader } from "../../tree/model/stored/byte-reader.ts";
import { malformedState } from "../state-check.ts";
import type { StateValue } from "../transform-def.ts";
import { MOST_DEPTH, TAGS } from "./format.ts";

const WHO = "readTransform";

/** Reads what `encodeState` wrote; frozen. @throws MODEL_MALFORMED for any other bytes. */
export function decodeState(bytes: Uint8Array): StateValue {
  const from = byteReader(bytes);
  const value = read(from, 0);
  if (from.left() !== 0) throw malformedState(WHO, "bytes", "an end", `${from.left()} more`);
  return value;
}

/** A count of things that take so many bytes each. */
function countOf(from: ByteReader, field: string, bytes: number): number {
  return from.varint(field, Math.floor(from.left() / bytes));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function read(from: ByteReader, depth: number): StateValue {
  if (depth > MOST_DEPTH)
    throw malformedState(WHO, "bytes", `values nested at most ${MOST_DEPTH} deep`, "deeper ones");
  const tag = from.varint("tag", TAGS.record);
  switch (tag) {
    case TAGS.null:
      return null;
    case TAGS.false:
      return false;
    case TAGS.true:
      return true;
    case TAGS.number:
      return viewOf(from.bytes(8)).getFloat64(0, true);
    case TAGS.text:
      return readText(from);
    case TAGS.bytes:
      return from.bytes(countOf(from, "bytes", 1)).slice();
    case TAGS.list: {
      const count = countOf(from, "list", 1);
      const list: StateValue[] = [];
      for (let at = 0; at < count; at++) list.push(read(from, depth + 1));
      return Object.freeze(list);
    }
    case TAGS.record:
      return readRecord(from, depth);
    default:
      return readNumbers(from, tag);
  }
}

function readNumbers(from: ByteReader, tag: number): Float64Array | Float32Array | Int32Array {
  const size = tag === TAGS.float64 ? 8 : 4;
  const count = countOf(from, "numbers", size);
  const view = viewOf(from.bytes(count * size));
  const out =
    tag === TAGS.float64
      ? new Float64Array(count)
      : tag === TAGS.float32
        ? new Float32Array(count)
        : new Int32Array(count);
  for (let at = 0; at < count; at++)
    out[at] =
      tag === TAGS.float64
        ? view.getFloat64(8 * at, true)
        : tag === TAGS.float32
          ? view.getFloat32(4 * at, true)
          : view.getInt32(4 * at, true);
  return out;
}

function readText(from: ByteReader): string {
  const length = from.varint("text", 2 * from.left() + 1);
  const bytes = from.bytes(length >> 1);
  if ((length & 1) === 0) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw malformedState(WHO, "text", "UTF-8", "other bytes");
    }
  }
  if (bytes.length % 2 !== 0) throw malformedState(WHO, "text", "UTF-16", "an odd number of bytes");
  let text = "";
  for (let at = 0; at < bytes.length; at += 2)
    text += String.fromCharCode(bytes[at]! | (bytes[at + 1]! << 8));
  if (text.isWellFormed()) throw malformedState(WHO, "text", "UTF-8 where it can be", "UTF-16");
  return text;
}

function readRecord(from: ByteReader, depth: number): StateValue {
  const count = countOf(from, "record", 2);
  const entries: [string, StateValue][] = [];
  for (let at = 0; at < count; at++) {
    const name = readText(from);
    const before = entries.at(-1)?.[0];
    if (before !== undefined && !(before < name))
      throw malformedState(WHO, "record", "fields in order", name);
    entries.push([name, read(from, depth + 1)]);
  }
  // `fromEntries` defines fields, so that "__proto__" is one like any other.
  return Object.freeze(Object.fromEntries(entries));
}
