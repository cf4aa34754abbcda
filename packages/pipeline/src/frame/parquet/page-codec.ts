import zlib from "node:zlib";
import type { PageMemory } from "./page-memory.ts";

/** Unpacks the bytes `from`..`end` of a memory to `into`, `size` bytes. @throws Error for damaged ones. */
export type Unpack = (memory: PageMemory, from: number, end: number, into: number, size: number) => void;

type Inflate = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

function inflated(inflate: Inflate): Unpack {
  return ({ bytes }, from, end, into, size) => {
    const made = inflate(bytes.subarray(from, end), { maxOutputLength: Math.max(1, size) });
    if (made.length !== size) throw new Error(`${made.length} bytes of a page where it says ${size}`);
    bytes.set(made, into);
  };
}

/** Bytes that are not packed. */
export const copyPage: Unpack = ({ bytes }, from, end, into, size) => {
  if (end - from !== size) throw new Error(`${end - from} bytes of a page where it says ${size}`);
  bytes.copyWithin(into, from, end);
};

const unpackSnappy: Unpack = ({ kernel }, from, end, into, size) => {
  if (kernel.unpackSnappy(from, end, into, size) < 0) throw new Error("a damaged block of Snappy");
};

/** What unpacks the codecs of Parquet, by their numbers; those that are not here are the engine's. */
export const CODECS: ReadonlyMap<number, Unpack> = new Map([
  [0, copyPage],
  [1, unpackSnappy],
  [2, inflated(zlib.gunzipSync)],
  [4, inflated(zlib.brotliDecompressSync)],
  // Node has it since 22.15.
  ...(typeof zlib.zstdDecompressSync === "function"
    ? ([[6, inflated(zlib.zstdDecompressSync)]] as const)
    : []),
]);
