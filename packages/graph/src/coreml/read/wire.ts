import { tidelineError } from "@tideline/spec";

/**
 * A message of protobuf taken apart by the number of its fields. Written for the interpreters alone and after the
 * encoding's description (protobuf.dev/programming-guides/encoding): it shares nothing with what writes files.
 */
export interface WireMessage {
  /** Numbers of the fields that are there. */
  readonly numbers: readonly number[];
  /** A whole number; 0 where the field is missing. @throws MODEL_MALFORMED beyond 2^53 */
  int(field: number): number;
  /** Whole numbers, packed or not. */
  ints(field: number): readonly number[];
  /** A number in double precision; 0 where the field is missing. */
  double(field: number): number;
  /** Numbers in double precision, packed or not. */
  doubles(field: number): readonly number[];
  /** A number in single precision; 0 where the field is missing. */
  float(field: number): number;
  /** Numbers in single precision, packed or not. */
  floats(field: number): readonly number[];
  /** Text; empty where the field is missing. */
  text(field: number): string;
  texts(field: number): readonly string[];
  /** Bytes; none where the field is missing. */
  bytes(field: number): Uint8Array;
  /** The last message of the field; undefined where it is missing. */
  message(field: number): WireMessage | undefined;
  messages(field: number): readonly WireMessage[];
}

type Part =
  | { readonly wire: 0; readonly value: bigint }
  | { readonly wire: 1 | 2 | 5; readonly bytes: Uint8Array };

const utf8 = new TextDecoder("utf-8", { fatal: true });

function malformed(expected: string, received: string): Error {
  return tidelineError("MODEL_MALFORMED", { who: "Core ML", field: "bytes", expected, received });
}

/** The varint at `at` and the place behind it. */
function varintAt(bytes: Uint8Array, at: number): readonly [value: bigint, next: number] {
  let value = 0n;
  for (let count = 0; count < 10; count++) {
    const byte = bytes[at + count];
    if (byte === undefined) break;
    value |= BigInt(byte & 127) << BigInt(7 * count);
    if (byte < 128) return [BigInt.asUintN(64, value), at + count + 1];
  }
  throw malformed("a varint of at most ten bytes", `byte ${at} of ${bytes.length}`);
}

function partsOf(bytes: Uint8Array): ReadonlyMap<number, readonly Part[]> {
  const parts = new Map<number, Part[]>();
  for (let at = 0; at < bytes.length;) {
    const [tag, body] = varintAt(bytes, at);
    const [field, wire] = [Number(tag >> 3n), Number(tag & 7n)];
    let part: Part;
    if (wire === 0) {
      const [value, next] = varintAt(bytes, body);
      part = { wire, value };
      at = next;
    } else if (wire === 1 || wire === 2 || wire === 5) {
      const [length, from] = wire === 2 ? varintAt(bytes, body) : [wire === 1 ? 8n : 4n, body];
      const end = from + Number(length);
      if (end > bytes.length) throw malformed(`field ${field} to end by byte ${bytes.length}`, `${end}`);
      part = { wire, bytes: bytes.subarray(from, end) };
      at = end;
    } else throw malformed("wire type 0, 1, 2 or 5", `${wire} at byte ${at}`);
    if (field === 0) throw malformed("field numbers from 1 on", "0");
    const list = parts.get(field);
    if (list === undefined) parts.set(field, [part]);
    else list.push(part);
  }
  return parts;
}

function safe(value: bigint): number {
  const signed = Number(BigInt.asIntN(64, value));
  if (!Number.isSafeInteger(signed)) throw malformed("whole numbers below 2^53", String(signed));
  return signed;
}

/** Takes a message apart. @throws MODEL_MALFORMED for bytes that are none. */
export function readWire(bytes: Uint8Array): WireMessage {
  const parts = partsOf(bytes);
  const of = (field: number): readonly Part[] => parts.get(field) ?? [];
  const spans = (field: number): readonly Uint8Array[] =>
    of(field).map((part) => {
      if (part.wire !== 2) throw malformed(`field ${field} with a length`, `wire type ${part.wire}`);
      return part.bytes;
    });
  const numbers = (
    field: number,
    wire: 1 | 5,
    read: (view: DataView, at: number) => number,
  ): readonly number[] => {
    const size = wire === 1 ? 8 : 4;
    return of(field).flatMap((part) => {
      if (part.wire === 0 || (part.wire !== wire && part.wire !== 2) || part.bytes.length % size !== 0)
        throw malformed(`field ${field} as numbers of ${size} bytes`, `wire type ${part.wire}`);
      const { buffer, byteOffset, byteLength } = part.bytes;
      const view = new DataView(buffer, byteOffset, byteLength);
      return Array.from({ length: byteLength / size }, (_, at) => read(view, at * size));
    });
  };
  const message: WireMessage = {
    numbers: [...parts.keys()],
    int: (field) => message.ints(field).at(-1) ?? 0,
    ints: (field) =>
      of(field).flatMap((part) => {
        if (part.wire === 0) return [safe(part.value)];
        if (part.wire !== 2) throw malformed(`field ${field} as whole numbers`, `wire type ${part.wire}`);
        const values: number[] = [];
        for (let at = 0; at < part.bytes.length;) {
          const [value, next] = varintAt(part.bytes, at);
          values.push(safe(value));
          at = next;
        }
        return values;
      }),
    double: (field) => message.doubles(field).at(-1) ?? 0,
    doubles: (field) => numbers(field, 1, (view, at) => view.getFloat64(at, true)),
    float: (field) => message.floats(field).at(-1) ?? 0,
    floats: (field) => numbers(field, 5, (view, at) => view.getFloat32(at, true)),
    text: (field) => message.texts(field).at(-1) ?? "",
    texts: (field) =>
      spans(field).map((span) => {
        try {
          return utf8.decode(span);
        } catch {
          throw malformed(`field ${field} as UTF-8`, `${span.length} bytes that are not`);
        }
      }),
    bytes: (field) => spans(field).at(-1) ?? new Uint8Array(0),
    message: (field) => message.messages(field).at(-1),
    messages: (field) => spans(field).map(readWire),
  };
  return message;
}
