import { createRequire } from "node:module";
import type { PageMemory } from "./page-memory.ts";

/** Gives where in the memory there is room for what a page unpacks to. */
export type RoomForPage = () => number;

/**
 * Unpacks the bytes `from`..`end` of a memory to `size` bytes in a room, which it asks for once it is sure that they may be so
 * many: a damaged head may claim any number of them. @throws Error for damaged ones.
 */
export type Unpack = (
  memory: PageMemory,
  from: number,
  end: number,
  size: number,
  roomFor: RoomForPage,
) => void;

type Inflate = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

type Zlib = typeof import("node:zlib");

/** Loaded with the first page that needs it: most need none, and each thread would load it. */
const zlib = (): Zlib => createRequire(import.meta.url)("node:zlib") as Zlib;

function inflated(inflateOf: (of: Zlib) => Inflate): Unpack {
  return (memory, from, end, size, roomFor) => {
    const inflate = inflateOf(zlib());
    const made = inflate(memory.bytes.subarray(from, end), { maxOutputLength: Math.max(1, size) });
    if (made.length !== size) throw otherSize(`${made.length}`, size);
    const into = roomFor();
    // The memory's view is another one where it grew.
    memory.bytes.set(made, into);
  };
}

/** Bytes that are not packed. */
const copyPage: Unpack = (memory, from, end, size, roomFor) => {
  if (end - from !== size) throw otherSize(`${end - from}`, size);
  const into = roomFor();
  memory.bytes.copyWithin(into, from, end);
};

/** Bytes that a byte of a block unpacks to at most: a copy of 3 bytes gives 64. */
const MOST_SNAPPY = 22;

const unpackSnappy: Unpack = ({ kernel }, from, end, size, roomFor) => {
  if (size > (end - from) * MOST_SNAPPY) throw otherSize(`at most ${(end - from) * MOST_SNAPPY}`, size);
  if (kernel.unpackSnappy(from, end, roomFor(), size) < 0) throw new Error("a damaged block of Snappy");
};

function otherSize(made: string, said: number): Error {
  return new Error(`${made} bytes of a page where it says ${said}`);
}

/** What unpacks the codecs of Parquet, by their numbers; those that are not here are the engine's. */
export const CODECS: ReadonlyMap<number, Unpack> = new Map([
  [0, copyPage],
  [1, unpackSnappy],
  [2, inflated((of) => of.gunzipSync)],
  [4, inflated((of) => of.brotliDecompressSync)],
  // Node has it since 22.15.
  ...("zstd" in process.versions ? ([[6, inflated((of) => of.zstdDecompressSync)]] as const) : []),
]);
