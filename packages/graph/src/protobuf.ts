import { tidelineError, type TidelineError } from "@tideline/spec";

/** Messages within messages, as deep as protobuf's own readers go. */
export const MAX_DEPTH = 100;

/**
 * Messages in one file, if the caller does not say otherwise. Two bytes of a file can be a message, which takes some
 * hundred as a value: without an end to their number a file of 50 MB would fill all memory. Large models have some
 * hundred thousand.
 */
export const MAX_MESSAGES = 2 ** 20;

/** Field numbers fill 29 bits. */
const MAX_FIELD_NUMBER = 2 ** 29 - 1;

/** A 64-bit varint has at most ten groups of seven bits. */
const MAX_VARINT_BYTES = 10;

/** Characters of a name from a file that an error repeats. */
const QUOTED = 80;

/** A name from a file as an error quotes it: not longer than a line. */
export function quoted(text: string): string {
  return `"${text.length > QUOTED ? `${text.slice(0, QUOTED)}...` : text}"`;
}

/** The error for bytes that are not the message they claim to be. */
export function malformed(
  message: string,
  expected: string,
  received: string,
  cause?: unknown,
): TidelineError {
  return tidelineError("MODEL_MALFORMED", {
    who: `the ONNX message ${message}`,
    expected,
    received,
    remedy: "The file is damaged or not an ONNX model.",
    cause,
  });
}

/**
 * A message that is being read: where it stands in the file and how far the reading went. Fields are read in order,
 * each by the function of its type after `nextTag`. Source: protobuf.dev/programming-guides/encoding.
 */
export interface Cursor {
  readonly bytes: Uint8Array;
  position: number;
  readonly end: number;
  /** Its name in onnx.proto, for errors. */
  readonly message: string;
  readonly depth: number;
  /** Shared by all messages of a file. */
  readonly count: { messages: number; readonly most: number };
  /** Where the field that is being read begins, its tag included. */
  fieldAt: number;
}

/** Bytes as a plain array of them: the `slice` of Node's Buffer would be a view. */
export function plainBytes({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/** A cursor over a whole file. */
export function openFile(file: Uint8Array, message: string, most = MAX_MESSAGES): Cursor {
  const bytes = plainBytes(file);
  return {
    bytes,
    position: 0,
    end: bytes.length,
    message,
    depth: 0,
    count: { messages: 0, most },
    fieldAt: 0,
  };
}

/** A varint as two unsigned halves, which `low` and `high` hold until the next one is read. */
const word = { low: 0, high: 0 };

function readVarint(cursor: Cursor): void {
  const { bytes, position: start } = cursor;
  const end = Math.min(cursor.end, start + MAX_VARINT_BYTES);
  let low = 0;
  let high = 0;
  for (let at = start, shift = 0; at < end; at += 1, shift += 7) {
    const byte = bytes[at]!;
    const group = byte & 0x7f;
    if (shift < 28) low |= group << shift;
    else if (shift === 28) {
      low |= group << 28;
      high = group >>> 4;
    } else high |= group << (shift - 32);
    if (byte < 0x80) {
      cursor.position = at + 1;
      word.low = low >>> 0;
      word.high = high >>> 0;
      return;
    }
  }
  throw malformed(cursor.message, "a whole varint", `one without an end at byte ${start}`);
}

/** The tag of the next field, 0 at the end: `tag >>> 3` is its number and `tag & 7` its wire type. */
export function nextTag(cursor: Cursor): number {
  const at = cursor.position;
  if (at >= cursor.end) return 0;
  cursor.fieldAt = at;
  readVarint(cursor);
  const number = word.low >>> 3;
  if (word.high !== 0 || number < 1 || number > MAX_FIELD_NUMBER)
    throw malformed(
      cursor.message,
      "a field number from 1 to 2^29 - 1",
      `${word.high * 2 ** 29 + number} at byte ${at}`,
    );
  const wire = word.low & 7;
  if (wire === 3 || wire === 4 || wire > 5)
    throw malformed(cursor.message, "wire type 0, 1, 2 or 5", `${wire} at byte ${at}`);
  return word.low;
}

const WIRE_NAMES = ["a varint", "fixed64", "length-delimited bytes", "", "", "fixed32"];

/** Wants a field of a wire type. @throws MODEL_MALFORMED */
function demandWire(cursor: Cursor, tag: number, wire: number): void {
  if ((tag & 7) === wire) return;
  const expected = `field ${tag >>> 3} as ${WIRE_NAMES[wire]}`;
  throw malformed(cursor.message, expected, WIRE_NAMES[tag & 7]!);
}

/** Goes past some bytes and returns where they begin. */
export function take(cursor: Cursor, length: number): number {
  const { position, end } = cursor;
  if (length > end - position)
    throw malformed(cursor.message, `${length} more bytes`, `${end - position} at byte ${position}`);
  cursor.position = position + length;
  return position;
}

/** Goes past the length of a length-delimited field and returns its payload's length. */
function payloadLength(cursor: Cursor, tag: number): number {
  demandWire(cursor, tag, 2);
  readVarint(cursor);
  return word.high * 2 ** 32 + word.low;
}

/** The payload of a length-delimited field, as a view of the file. */
export function readBytes(cursor: Cursor, tag: number): Uint8Array {
  const length = payloadLength(cursor, tag);
  const at = take(cursor, length);
  return cursor.bytes.subarray(at, at + length);
}

/** Goes past a field of any type. */
export function skipField(cursor: Cursor, tag: number): void {
  const wire = tag & 7;
  if (wire === 0) readVarint(cursor);
  else take(cursor, wire === 1 ? 8 : wire === 5 ? 4 : payloadLength(cursor, tag));
}

/** Counts something of a file that takes much more memory than bytes. @throws MODEL_MALFORMED where it is too much */
export function countMessage({ count, message }: Cursor): void {
  count.messages += 1;
  if (count.messages > count.most)
    throw malformed(message, `a file of at most ${count.most} messages`, "more");
}

/** The message in a length-delimited field. @throws MODEL_MALFORMED where messages nest too deep or are too many */
export function openMessage(cursor: Cursor, tag: number, message: string): Cursor {
  const length = payloadLength(cursor, tag);
  const position = take(cursor, length);
  const { bytes, count } = cursor;
  const depth = cursor.depth + 1;
  if (depth > MAX_DEPTH) throw malformed(message, `at most ${MAX_DEPTH} messages in one another`, "more");
  count.messages += 1;
  if (count.messages > count.most)
    throw malformed(message, `a file of at most ${count.most} messages`, "more");
  return { bytes, position, end: position + length, message, depth, count, fieldAt: position };
}

/** One message of several appearances of a field: protobuf's merge is the reading of their bytes behind each other. */
export function mergeMessages(parts: readonly Cursor[]): Cursor | undefined {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first;
  const bytes = joinBytes(parts.map((part) => part.bytes.subarray(part.position, part.end)));
  return { ...first, bytes, position: 0, end: bytes.length, fieldAt: 0 };
}

/** Several runs of bytes as one; a lone one is not copied. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

/** The signed integer of a varint, exact. */
function wordAsBigInt(): bigint {
  return (BigInt(word.high | 0) << 32n) | BigInt(word.low);
}

/** The signed 64-bit integer of a varint field: a number where that is exact, within 2^53, else a bigint. */
export function readInteger(cursor: Cursor, tag: number): number | bigint {
  demandWire(cursor, tag, 0);
  readVarint(cursor);
  const number = (word.high | 0) * 2 ** 32 + word.low;
  return Number.isSafeInteger(number) ? number : wordAsBigInt();
}

/** As `readInteger`, as a number; one beyond 2^53 is refused rather than rounded. */
export function readInt(cursor: Cursor, tag: number): number {
  const value = readInteger(cursor, tag);
  if (typeof value === "number") return value;
  throw malformed(cursor.message, `field ${tag >>> 3} within 2^53`, String(value));
}

/** Adds the integers of one appearance of a repeated field, packed or single, to a list. */
export function readIntegers(cursor: Cursor, tag: number, list: (number | bigint)[]): void {
  if ((tag & 7) === 0) list.push(readInteger(cursor, tag));
  else {
    const length = payloadLength(cursor, tag);
    const position = take(cursor, length);
    const inner = { ...cursor, position, end: position + length };
    while (inner.position < inner.end) list.push(readInteger(inner, tag & ~7));
  }
}

/** As `readIntegers`, with numbers within 2^53 only. */
export function readInts(cursor: Cursor, tag: number, list: number[]): void {
  const from = list.length;
  readIntegers(cursor, tag, list as (number | bigint)[]);
  for (let at = from; at < list.length; at += 1)
    if (typeof list[at] === "bigint")
      throw malformed(cursor.message, `field ${tag >>> 3} within 2^53`, String(list[at]));
}

// A BOM is a part of the text.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Texts up to this length are mostly names in ASCII, for which a loop is faster than the decoder. */
const SHORT = 48;

/** Bytes as text, or undefined where they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.length <= SHORT) {
    let text = "";
    let at = 0;
    for (; at < bytes.length && bytes[at]! < 0x80; at += 1) text += String.fromCharCode(bytes[at]!);
    if (at === bytes.length) return text;
  }
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The text of a length-delimited field; it must be valid UTF-8. */
export function readText(cursor: Cursor, tag: number): string {
  const text = decodeText(readBytes(cursor, tag));
  if (text !== undefined) return text;
  throw malformed(cursor.message, `field ${tag >>> 3} as UTF-8 text`, "other bytes");
}

/** The little-endian bytes of one appearance of a repeated fixed-width field, packed or single, as a view. */
export function readFixed(cursor: Cursor, tag: number, width: 4 | 8): Uint8Array {
  if ((tag & 7) === (width === 4 ? 5 : 1)) {
    const at = take(cursor, width);
    return cursor.bytes.subarray(at, at + width);
  }
  const bytes = readBytes(cursor, tag);
  if (bytes.length % width === 0) return bytes;
  throw malformed(
    cursor.message,
    `field ${tag >>> 3} as whole ${width}-byte numbers`,
    `${bytes.length} bytes`,
  );
}
