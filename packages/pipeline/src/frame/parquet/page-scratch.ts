import { chunkBytes, type ChunkBytes } from "./chunk-bytes.ts";

/** Memory that the pages of a column are read in, one after the other. */
export interface PageScratch {
  readonly from: ChunkBytes;
  /** The page, unpacked. */
  readonly unpacked: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  /** Makes room for the bytes of a page; what stood there is lost. */
  makeRoom(bytes: number): void;
  /** Room for a flag of each row. */
  flagsOf(rows: number): Uint8Array;
  /** Room for a place of each value. */
  placesOf(values: number): Int32Array;
  /** Room for the values of a dictionary, which stand until the next one. */
  dictionaryOf(bytes: number): ArrayBuffer;
}

/** Memory that columns which are read one after the other hand on. */
export interface ScratchPool {
  take(): PageScratch;
  give(scratch: PageScratch): void;
}

/** Starts without any. */
export function scratchPool(): ScratchPool {
  const idle: PageScratch[] = [];
  return {
    take: () => idle.pop() ?? emptyPage(),
    give(scratch) {
      scratch.from.close();
      idle.push(scratch);
    },
  };
}

/** Memory of no size yet. */
export function emptyPage(): PageScratch {
  let unpacked = new Uint8Array(0);
  let view = new DataView(unpacked.buffer);
  let flags = new Uint8Array(0);
  let places = new Int32Array(0);
  let dictionary = new ArrayBuffer(0);
  return {
    from: chunkBytes(),
    get unpacked() {
      return unpacked;
    },
    get view() {
      return view;
    },
    makeRoom(bytes) {
      if (unpacked.length >= bytes) return;
      unpacked = new Uint8Array(Math.max(bytes, Math.min(2 * unpacked.length, 2 ** 26)));
      view = new DataView(unpacked.buffer);
    },
    flagsOf: (rows) => (flags.length >= rows ? flags : (flags = new Uint8Array(rows))),
    placesOf: (values) => (places.length >= values ? places : (places = new Int32Array(values))),
    dictionaryOf: (bytes) =>
      dictionary.byteLength >= bytes ? dictionary : (dictionary = new ArrayBuffer(bytes)),
  };
}
