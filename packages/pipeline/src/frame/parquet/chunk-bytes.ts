import { closeSync, openSync, readSync } from "node:fs";
import { NO_ROOM, type PageMemory } from "./page-memory.ts";

/** Bytes that are read at once at least: headers of pages, and small pages with them. */
const LEAST_READ = 2 ** 18;

/** The bytes of a stretch of a file, from the front on, with no more of them held than are asked at once. */
export interface ChunkBytes {
  /** Bytes that are left. */
  readonly left: number;
  /** Where in the memory stands what was asked last. */
  readonly at: number;
  /** Begins another stretch. */
  begin(path: string, start: number, length: number): void;
  /** Makes the next `count` bytes (or as many as are left) stand in the memory; gives how many. */
  need(count: number): number;
  skip(count: number): void;
  close(): void;
}

/** Starts with no stretch. @throws Error for a file that ends before the stretch does. */
export function chunkBytes(memory: PageMemory): ChunkBytes {
  let room = NO_ROOM;
  /** What is there, the byte of the file that follows, and how many are left from `at` on. */
  let at = 0;
  let end = 0;
  let next = 0;
  let left = 0;
  let file = "";
  let open = -1;
  const close = (): void => {
    if (open >= 0) closeSync(open);
    open = -1;
  };
  return {
    get left() {
      return left;
    },
    get at() {
      return at;
    },
    begin(path, start, length) {
      if (open < 0 || path !== file) {
        close();
        open = openSync(path, "r");
        file = path;
      }
      at = end = room.at;
      next = start;
      left = length;
    },
    need(count) {
      const wanted = Math.min(count, left);
      const held = end - at;
      if (held >= wanted) return wanted;
      const most = Math.min(Math.max(wanted, LEAST_READ), left);
      // What is held moves to the front, of this room or of a larger one.
      memory.bytes.copyWithin(room.at, at, end);
      room = memory.widened(room, most, held);
      at = room.at;
      end = at + held;
      while (end < at + most) {
        const read = readSync(open, memory.bytes, end, at + most - end, next);
        if (read === 0) throw new Error("a file that ends before its pages do");
        end += read;
        next += read;
      }
      return wanted;
    },
    skip(count) {
      at += count;
      left -= count;
    },
    close,
  };
}
