import { closeSync, openSync, readSync } from "node:fs";

/** Bytes that are read at once at least: headers of pages, and small pages with them. */
const LEAST_READ = 2 ** 18;

/** Bytes behind a window that may be looked at. */
const BEHIND = 8;

/** The bytes of a stretch of a file, from the front on, with no more of them held than are asked at once. */
export interface ChunkBytes {
  /** Bytes that are left. */
  readonly left: number;
  /** The window: what was asked last begins at `at`. Eight bytes behind its end may be looked at. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  readonly at: number;
  /** Begins another stretch. */
  begin(path: string, start: number, length: number): void;
  /** Makes the next `count` bytes (or as many as are left) stand in the window; gives how many. */
  need(count: number): number;
  skip(count: number): void;
  close(): void;
}

/** Starts with no stretch. @throws Error for a file that ends before the stretch does. */
export function chunkBytes(): ChunkBytes {
  let bytes = new Uint8Array(0);
  let view = new DataView(bytes.buffer);
  /** The window's bytes from `at` to `end`, those of the file that follow, and how many are left from `at` on. */
  let [at, end, next, left] = [0, 0, 0, 0];
  let [file, open] = ["", -1];
  const close = (): void => {
    if (open >= 0) closeSync(open);
    open = -1;
  };
  return {
    get left() {
      return left;
    },
    get bytes() {
      return bytes;
    },
    get view() {
      return view;
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
      [at, end, next, left] = [0, 0, start, length];
    },
    need(count) {
      const wanted = Math.min(count, left);
      if (end - at >= wanted) return wanted;
      const most = Math.min(Math.max(wanted, LEAST_READ), left);
      const held = end - at;
      const old = bytes;
      if (most + BEHIND > bytes.length) {
        bytes = new Uint8Array(Math.max(most + BEHIND, Math.min(2 * bytes.length, 2 ** 26)));
        view = new DataView(bytes.buffer);
      }
      if (old === bytes) bytes.copyWithin(0, at, end);
      else bytes.set(old.subarray(at, end));
      [at, end] = [0, held];
      while (end < most) {
        const read = readSync(open, bytes, end, most - end, next);
        if (read === 0) throw new Error("a file that ends before its pages do");
        [end, next] = [end + read, next + read];
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
