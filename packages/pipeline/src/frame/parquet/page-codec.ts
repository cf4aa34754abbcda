import zlib from "node:zlib";
import { unpackSnappy } from "./snappy.ts";

/** Unpacks `from.subarray(start, end)` into the front of `into`, `size` bytes. @throws Error for damaged bytes. */
export type Unpack = (from: Uint8Array, start: number, end: number, into: Uint8Array, size: number) => void;

type Inflate = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

function inflated(inflate: Inflate): Unpack {
  return (from, start, end, into, size) => {
    const made = inflate(from.subarray(start, end), { maxOutputLength: Math.max(1, size) });
    if (made.length !== size) throw new Error(`${made.length} bytes of a page where it says ${size}`);
    into.set(made);
  };
}

/** What unpacks the codecs of Parquet, by their numbers; those that are not here are the engine's. */
export const CODECS: ReadonlyMap<number, Unpack> = new Map([
  [
    0,
    (from: Uint8Array, start: number, end: number, into: Uint8Array, size: number): void => {
      if (end - start !== size) throw new Error(`${end - start} bytes of a page where it says ${size}`);
      into.set(from.subarray(start, end));
    },
  ],
  [1, unpackSnappy],
  [2, inflated(zlib.gunzipSync)],
  [4, inflated(zlib.brotliDecompressSync)],
  // Node has it since 22.15.
  ...(typeof zlib.zstdDecompressSync === "function"
    ? ([[6, inflated(zlib.zstdDecompressSync)]] as const)
    : []),
]);
