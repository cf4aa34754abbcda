import zlib from "node:zlib";
import { expect, test } from "vitest";
import { CODECS } from "./page-codec.ts";
import { NO_ROOM, pageMemory } from "./page-memory.ts";

/** 44 bytes: a literal of 4 and a copy of 40 that are 4 before. */
const SNAPPY = Uint8Array.of(44, 3 << 2, 1, 2, 3, 4, (39 << 2) | 2, 4, 0);
const ROWS = Uint8Array.from({ length: 44 }, (_, at) => 1 + (at % 4));
const PACKED: Readonly<Record<number, Uint8Array | undefined>> = {
  0: ROWS,
  1: SNAPPY,
  2: zlib.gzipSync(ROWS),
  4: zlib.brotliCompressSync(ROWS),
  ...(CODECS.has(6) ? { 6: zlib.zstdCompressSync(ROWS) } : {}),
};

test("a page that claims a GiB gets no room before its bytes show that they are so many", () => {
  for (const [codec, unpack] of CODECS) {
    const bytes = PACKED[codec]!;
    const memory = pageMemory();
    const { at } = memory.widened(NO_ROOM, bytes.length);
    memory.bytes.set(bytes, at);
    const asked: number[] = [];
    const run = (size: number): number => {
      let into = -1;
      unpack(memory, at, at + bytes.length, size, () => {
        asked.push(size);
        return (into = memory.widened(NO_ROOM, size).at);
      });
      return into;
    };
    for (const claimed of [2 ** 30, 2 ** 32 - 1, 1000])
      expect(() => run(claimed), `codec ${codec}, ${claimed} bytes`).toThrow(/of a page where it says/u);
    expect(asked).toEqual([]);
    const into = run(ROWS.length);
    expect(memory.bytes.slice(into, into + ROWS.length)).toEqual(ROWS);
    expect(asked).toEqual([ROWS.length]);
  }
});
