import { tidelineError, type TidelineError } from "@tideline/spec";

/**
 * One field of a protobuf message as it stands on the wire. `bytes` is a view of the input: the payload of a
 * length-delimited field, or the 4 or 8 little-endian bytes of a fixed one.
 * Source: protobuf.dev/programming-guides/encoding.
 */
export type WireField =
  | { readonly number: number; readonly wire: "varint"; readonly value: bigint }
  | { readonly number: number; readonly wire: "fixed32" | "fixed64" | "bytes"; readonly bytes: Uint8Array };

/** Field numbers fill 29 bits. */
const MAX_FIELD_NUMBER = 2 ** 29 - 1;

/** A 64-bit varint has at most ten groups of seven bits. */
const MAX_VARINT_BYTES = 10;

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

interface Cursor {
  readonly bytes: Uint8Array;
  readonly message: string;
  position: number;
}

function readVarint(cursor: Cursor): bigint {
  const start = cursor.position;
  let low = 0;
  let value = 0n;
  for (let count = 0; count < MAX_VARINT_BYTES; count++) {
    const byte = cursor.bytes[cursor.position];
    if (byte === undefined) break;
    cursor.position += 1;
    if (count < 4) low += (byte & 0x7f) * 2 ** (7 * count);
    else value |= BigInt(byte & 0x7f) << BigInt(7 * count);
    if (byte < 0x80) return BigInt.asUintN(64, value | BigInt(low));
  }
  throw malformed(cursor.message, "a whole varint", `one without an end at byte ${start}`);
}

function take(cursor: Cursor, length: number): Uint8Array {
  const left = cursor.bytes.length - cursor.position;
  if (length > left)
    throw malformed(cursor.message, `${length} more bytes`, `${left} at byte ${cursor.position}`);
  cursor.position += length;
  return cursor.bytes.subarray(cursor.position - length, cursor.position);
}

/**
 * The fields of a message in wire order; `message` names it in errors.
 *
 * @throws MODEL_MALFORMED where a field does not end inside the bytes or has an illegal tag.
 */
export function* readFields(bytes: Uint8Array, message: string): Generator<WireField> {
  const cursor: Cursor = { bytes, message, position: 0 };
  while (cursor.position < bytes.length) {
    const at = cursor.position;
    const tag = Number(readVarint(cursor));
    const number = Math.floor(tag / 8);
    if (number < 1 || number > MAX_FIELD_NUMBER)
      throw malformed(message, "a field number from 1 to 2^29 - 1", `${number} at byte ${at}`);
    switch (tag % 8) {
      case 0:
        yield { number, wire: "varint", value: readVarint(cursor) };
        break;
      case 1:
        yield { number, wire: "fixed64", bytes: take(cursor, 8) };
        break;
      case 2:
        yield { number, wire: "bytes", bytes: take(cursor, Number(readVarint(cursor))) };
        break;
      case 5:
        yield { number, wire: "fixed32", bytes: take(cursor, 4) };
        break;
      default:
        throw malformed(message, "wire type 0, 1, 2 or 5", `${tag % 8} at byte ${at}`);
    }
  }
}

/** The signed 64-bit integer of a varint field. */
function int64Of(field: WireField, message: string): bigint {
  if (field.wire === "varint") return BigInt.asIntN(64, field.value);
  throw malformed(message, `field ${field.number} as a varint`, field.wire);
}

/** The integer of a varint field as a number; one beyond 2^53 is refused rather than rounded. */
export function intOf(field: WireField, message: string): number {
  const value = Number(int64Of(field, message));
  if (Number.isSafeInteger(value)) return value;
  throw malformed(message, `field ${field.number} within 2^53`, String(value));
}

/** The payload of a length-delimited field, as a view of the input. */
export function bytesOf(field: WireField, message: string): Uint8Array {
  if (field.wire === "bytes") return field.bytes;
  throw malformed(message, `field ${field.number} as length-delimited bytes`, field.wire);
}

/** The text of a length-delimited field; it must be valid UTF-8. */
export function textOf(field: WireField, message: string): string {
  const bytes = bytesOf(field, message);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed(message, `field ${field.number} as UTF-8 text`, "other bytes", cause);
  }
}

/** The single-precision number of a fixed32 field. */
export function floatOf(field: WireField, message: string): number {
  if (field.wire !== "fixed32") throw malformed(message, `field ${field.number} as a float`, field.wire);
  return new DataView(field.bytes.buffer, field.bytes.byteOffset, 4).getFloat32(0, true);
}

/** The signed integers of a repeated field's one appearance, which may be packed or single. */
export function int64sOf(field: WireField, message: string): bigint[] {
  if (field.wire === "varint") return [int64Of(field, message)];
  const cursor: Cursor = { bytes: bytesOf(field, message), message, position: 0 };
  const values: bigint[] = [];
  while (cursor.position < cursor.bytes.length) values.push(BigInt.asIntN(64, readVarint(cursor)));
  return values;
}

/** As `int64sOf`, as safe numbers. */
export function intsOf(field: WireField, message: string): number[] {
  return int64sOf(field, message).map((value) =>
    intOf({ number: field.number, wire: "varint", value: BigInt.asUintN(64, value) }, message),
  );
}

/** The little-endian bytes of a repeated fixed-width field's one appearance, which may be packed or single. */
export function fixedBytesOf(field: WireField, width: 4 | 8, message: string): Uint8Array {
  if (field.wire === (width === 4 ? "fixed32" : "fixed64")) return field.bytes;
  const bytes = bytesOf(field, message);
  if (bytes.length % width === 0) return bytes;
  throw malformed(message, `field ${field.number} as whole ${width}-byte numbers`, `${bytes.length} bytes`);
}
