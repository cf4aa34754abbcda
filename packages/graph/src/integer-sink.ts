import { malformed, readBytes, type Cursor } from "./protobuf.ts";

/** Collects the varints of a repeated field as 64-bit words, without a bigint for each. */
export interface IntegerSink {
  /** Takes one appearance of the field: packed, or a run of single ones. */
  take(cursor: Cursor, tag: number): void;
  readonly count: number;
  /** The numbers as little-endian bytes of a width: the low bits, as protobuf keeps them in a narrower type. */
  bytes(width: 1 | 2 | 4 | 8): Uint8Array;
}

/** A sink of varints; memory grows with the bytes read, eightfold at most. */
export function integerSink(): IntegerSink {
  let words = new Uint32Array(0);
  let count = 0;

  function reserve(more: number): void {
    if (2 * (count + more) <= words.length) return;
    const larger = new Uint32Array(Math.max(2 * (count + more), 2 * words.length, 16));
    larger.set(words.subarray(0, 2 * count));
    words = larger;
  }

  /** One varint at a position; returns the position behind it. */
  function one(bytes: Uint8Array, start: number, end: number, message: string): number {
    let low = 0;
    let high = 0;
    for (let at = start, shift = 0; at < end && shift < 70; at += 1, shift += 7) {
      const byte = bytes[at]!;
      const group = byte & 0x7f;
      if (shift < 28) low |= group << shift;
      else if (shift === 28) {
        low |= group << 28;
        high = group >>> 4;
      } else high |= group << (shift - 32);
      if (byte < 0x80) {
        words[2 * count] = low;
        words[2 * count + 1] = high;
        count += 1;
        return at + 1;
      }
    }
    throw malformed(message, "a whole varint", `one without an end at byte ${start}`);
  }

  return {
    get count() {
      return count;
    },
    take(cursor, tag) {
      if ((tag & 7) === 0) {
        reserve(1);
        cursor.position = one(cursor.bytes, cursor.position, cursor.end, cursor.message);
        return;
      }
      const bytes = readBytes(cursor, tag);
      let ends = 0;
      for (let at = 0; at < bytes.length; at += 1) ends += bytes[at]! < 0x80 ? 1 : 0;
      reserve(ends);
      for (let at = 0; at < bytes.length;) at = one(bytes, at, bytes.length, cursor.message);
    },
    bytes(width) {
      if (width === 8) return new Uint8Array(words.slice(0, 2 * count).buffer);
      const values =
        width === 4 ? new Uint32Array(count) : width === 2 ? new Uint16Array(count) : new Uint8Array(count);
      for (let at = 0; at < count; at += 1) values[at] = words[2 * at]!;
      return new Uint8Array(values.buffer);
    },
  };
}
