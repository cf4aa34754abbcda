/** Bytes that grow at the end; numbers are little-endian. */
export interface ByteWriter {
  bytes(values: Uint8Array): void;
  /** An integer from 0 to 2^53 - 1, seven bits a byte, the lowest first, the top bit set on all but the last. */
  varint(value: number): void;
  /** The bytes so far, as a view. */
  done(): Uint8Array;
}

/** An empty writer. */
export function byteWriter(): ByteWriter {
  let buffer = new Uint8Array(1024);
  let end = 0;
  const reserve = (more: number): void => {
    if (end + more <= buffer.length) return;
    const grown = new Uint8Array(Math.max(2 * buffer.length, end + more));
    grown.set(buffer.subarray(0, end));
    buffer = grown;
  };
  return {
    bytes(values) {
      reserve(values.length);
      buffer.set(values, end);
      end += values.length;
    },
    varint(value) {
      reserve(8);
      let rest = value;
      for (; rest > 127; rest = Math.floor(rest / 128)) buffer[end++] = (rest % 128) + 128;
      buffer[end++] = rest;
    },
    done: () => buffer.subarray(0, end),
  };
}
