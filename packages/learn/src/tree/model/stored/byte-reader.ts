import { malformedEnsemble } from "../malformed-tree.ts";

/** Reads what a `ByteWriter` wrote; whoever asks for more than there is gets MODEL_MALFORMED. */
export interface ByteReader {
  /** A view of the next bytes. */
  bytes(count: number): Uint8Array;
  /** An integer from 0 to `most`. */
  varint(field: string, most: number): number;
  left(): number;
}

/** A reader of bytes from their start. */
export function byteReader(source: Uint8Array): ByteReader {
  let at = 0;
  const left = (): number => source.length - at;
  return {
    left,
    bytes(count) {
      if (count > left()) throw malformedEnsemble("bytes", `${count} more`, left());
      at += count;
      return source.subarray(at - count, at);
    },
    varint(field, most) {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        if (left() === 0) throw malformedEnsemble(field, "more bytes", "the end");
        const byte = source[at++]!;
        value += (byte & 127) * factor;
        if (value > most) throw malformedEnsemble(field, `0 to ${most}`, value);
        if (byte < 128) {
          // Each number has one form only.
          if (byte === 0 && factor > 1) throw malformedEnsemble(field, "the shortest form", "a longer one");
          return value;
        }
        if (factor > 2 ** 49) throw malformedEnsemble(field, `0 to ${most}`, "more");
      }
    },
  };
}
