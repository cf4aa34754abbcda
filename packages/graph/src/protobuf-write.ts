import { tidelineError } from "@tideline/spec";

/** Bytes from this length on are copied once, into the finished file. */
const LARGE = 1024;

/** What readers of protobuf take at most in one message. Source: protobuf.dev/programming-guides/proto-limits. */
const LARGEST_FILE = 2 ** 31 - 1;

const utf8 = new TextEncoder();

/**
 * Writes protobuf from the end to the beginning, so that a message's length is known when it is written and nothing is
 * written twice: fields are given last to first, and a message is its fields followed by `message`.
 *
 * @example
 * const w = backwardWriter();
 * const end = w.length();
 * w.text(1, "inside"); // field 1 of the inner message
 * w.message(7, end); // the inner message as field 7
 * const bytes = w.finish();
 */
export interface BackwardWriter {
  /** Bytes written so far; what `message` wants to know of the moment before its first field. */
  length(): number;
  /** A varint field holding a signed 64-bit integer (negative ones take ten bytes, as protobuf's int64 does). */
  int(field: number, value: number | bigint): void;
  /** A fixed32 field holding a single-precision number. */
  float(field: number, value: number): void;
  /** A fixed64 field holding a double-precision number. */
  double(field: number, value: number): void;
  /** A length-delimited field holding bytes, which must not change before `finish`. */
  bytes(field: number, bytes: Uint8Array): void;
  /** A length-delimited field holding UTF-8 text. */
  text(field: number, text: string): void;
  /** Makes a length-delimited field of all that was written since `length()` was `end`. */
  message(field: number, end: number): void;
  /** Bytes as they are: fields of another file. */
  verbatim(bytes: Uint8Array): void;
  /** A varint without a tag, for packed fields. */
  varint(value: number | bigint): void;
  /** The file. @throws ARGUMENT_INVALID for more than 2 GiB, which nobody can read. */
  finish(): Uint8Array;
}

/** A writer of one file; see {@link BackwardWriter}. */
export function backwardWriter(): BackwardWriter {
  /** Small things, filled from its end. */
  let scratch = new Uint8Array(1 << 16);
  let at = scratch.length;
  /** The part of `scratch` from here on is in `parts` already. */
  let flushed = scratch.length;
  let total = 0;
  const parts: Uint8Array[] = [];
  const single = new DataView(new ArrayBuffer(4));
  const singleBytes = new Uint8Array(single.buffer);
  const double = new DataView(new ArrayBuffer(8));
  const doubleBytes = new Uint8Array(double.buffer);

  function flush(): void {
    if (at < flushed) parts.push(scratch.subarray(at, flushed));
    flushed = at;
  }

  function reserve(length: number): void {
    if (length <= at) return;
    flush();
    scratch = new Uint8Array(Math.max(1 << 16, length));
    at = scratch.length;
    flushed = at;
  }

  function append(bytes: Uint8Array): void {
    total += bytes.length;
    if (bytes.length >= LARGE) {
      flush();
      parts.push(bytes);
      return;
    }
    reserve(bytes.length);
    at -= bytes.length;
    scratch.set(bytes, at);
  }

  function small(value: number): void {
    let length = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
    reserve(length);
    at -= length;
    total += length;
    let rest = value;
    for (let index = 0; index < length; index += 1) {
      scratch[at + index] = (rest % 128) | (index < length - 1 ? 128 : 0);
      rest = Math.floor(rest / 128);
    }
  }

  function varint(value: number | bigint): void {
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) {
      small(Number(value));
      return;
    }
    const groups: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) groups.push(Number(rest & 127n) | 128);
    groups.push(Number(rest));
    append(Uint8Array.from(groups));
  }

  const tag = (field: number, wire: number): void => small(field * 8 + wire);

  const writer: BackwardWriter = {
    length: () => total,
    varint,
    verbatim: append,
    int(field, value) {
      varint(value);
      tag(field, 0);
    },
    float(field, value) {
      single.setFloat32(0, value, true);
      append(singleBytes);
      tag(field, 5);
    },
    double(field, value) {
      double.setFloat64(0, value, true);
      append(doubleBytes);
      tag(field, 1);
    },
    bytes(field, bytes) {
      append(bytes);
      small(bytes.length);
      tag(field, 2);
    },
    text: (field, text) => writer.bytes(field, utf8.encode(text)),
    message(field, end) {
      small(total - end);
      tag(field, 2);
    },
    finish() {
      flush();
      if (total > LARGEST_FILE)
        throw tidelineError("ARGUMENT_INVALID", {
          who: "writeOnnx",
          field: "model",
          expected: `at most ${LARGEST_FILE} bytes, which is what readers of protobuf take`,
          received: `${total} bytes`,
          remedy: "Pass external: { location } to store the tensors in a file beside it",
        });
      const file = new Uint8Array(total);
      let position = 0;
      for (const part of parts.toReversed()) {
        file.set(part, position);
        position += part.length;
      }
      return file;
    },
  };
  return writer;
}
