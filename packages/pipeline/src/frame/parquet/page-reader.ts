import type { ChunkBytes } from "./chunk-bytes.ts";
import { readHybrid } from "./hybrid-runs.ts";
import { CODECS } from "./page-codec.ts";
import { takeHead, type PageHead } from "./page-head.ts";
import { emptyPage, type PageScratch, type ScratchPool } from "./page-scratch.ts";
import type { ParquetChunk } from "./parquet-footer.ts";

/** Where the values of a page stand, unpacked; eight bytes behind `end` may be looked at. */
export interface PageBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  /** Values that are there. */
  readonly values: number;
}

/** What takes the values of pages. */
export interface PageTaker {
  dictionary(page: PageBytes, roomOf: (bytes: number) => ArrayBuffer): void;
  /** Values one behind the other. */
  plain(page: PageBytes): void;
  /** Places in the dictionary that came before, [values]. They are good until the next page. */
  indexed(places: Int32Array, values: number): void;
}

/** The pages of a column, one at a time. */
export interface PageReader {
  /** Rows of the page that are not taken yet. */
  readonly rows: number;
  /** [rows of the page], 1 for one that has a value; undefined where all have. */
  readonly present: Uint8Array | undefined;
  /** The first row of the page that is not taken. */
  readonly row: number;
  /** Goes to the next page unless rows are left. @throws Error where there is none. */
  advance(): void;
  take(rows: number): void;
  /** Closes the file and gives its memory back. */
  close(): void;
}

const [PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY] = [0, 2, 3, 8];

/** Reads the chunks of a column in their order, and hands the values of each page to `taker`. */
export function pageReader(
  chunks: readonly ParquetChunk[],
  truths: boolean,
  pool: ScratchPool,
  taker: PageTaker,
): PageReader {
  let own: PageScratch = emptyPage();
  let from: ChunkBytes = own.from;
  let present: Uint8Array | undefined;
  let [next, rowsLeft, row, rows, codec] = [0, 0, 0, 0, 0];
  let optional = false;

  /** Unpacks a page behind its first `apart` bytes, which are not packed, and gives the bytes that there are of both. */
  const unpack = ({ packed, unpacked: size, isPacked }: PageHead, apart: number): void => {
    from.need(packed);
    own.makeRoom(size + 8);
    const { unpacked } = own;
    const { bytes, at } = from;
    if (apart > packed || apart > size) throw new Error("levels that are cut off");
    unpacked.set(bytes.subarray(at, at + apart));
    const into = apart === 0 ? unpacked : unpacked.subarray(apart);
    if (size > apart) CODECS.get(isPacked ? codec : 0)!(bytes, at + apart, at + packed, into, size - apart);
    from.skip(packed);
  };

  /** Reads which of a page's rows have a value; gives how many. */
  const readLevels = (start: number, end: number, count: number): number => {
    if (isOneRun(own.view, start, end, count)) {
      present = undefined;
      return count;
    }
    const flags = own.flagsOf(count);
    readHybrid(own.view, start, end, 1, flags, count);
    let there = 0;
    for (let at = 0; at < count; at++) there += flags[at]!;
    present = there === count ? undefined : flags;
    return there;
  };

  const readIndices = (start: number, end: number, width: number, count: number): void => {
    const places = own.placesOf(count);
    readHybrid(own.view, start, end, width, places, count);
    taker.indexed(places, count);
  };

  const readPage = (head: PageHead): void => {
    if (head.values > rowsLeft) throw new Error("more rows in pages than in their group");
    unpack(head, head.levels ?? 0);
    const { unpacked: bytes, view } = own;
    const end = head.unpacked;
    let start = head.levels ?? 0;
    present = undefined;
    let values = head.values;
    if (optional && head.levels !== undefined) values = readLevels(0, head.levels, values);
    else if (optional) {
      if (end < 4 || view.getUint32(0, true) > end - 4) throw new Error("levels that are cut off");
      start = 4 + view.getUint32(0, true);
      values = readLevels(4, start, values);
    }
    const page = { bytes, view, start, end, values };
    if (head.encoding === PLAIN && truths) takeTruths(page);
    else if (head.encoding === PLAIN) taker.plain(page);
    else if (head.encoding === RLE && truths) readIndices(Math.min(start + 4, end), end, 1, values);
    else if (head.encoding === PLAIN_DICTIONARY || head.encoding === RLE_DICTIONARY) {
      if (values === 0) taker.indexed(own.placesOf(0), 0);
      else if (start >= end) throw new Error("places in a dictionary that are cut off");
      else readIndices(start + 1, end, bytes[start]!, values);
    } else throw new Error(`encoding ${head.encoding} of a page`);
    [row, rows] = [0, head.values];
    rowsLeft -= head.values;
  };

  const takeTruths = ({ bytes, start, end, values }: PageBytes): void => {
    if (start + Math.ceil(values / 8) > end) throw new Error("truths that are cut off");
    const places = own.placesOf(values);
    for (let at = 0; at < values; at++) places[at] = (bytes[start + (at >> 3)]! >> (at & 7)) & 1;
    taker.indexed(places, values);
  };

  const readDictionary = (head: PageHead): void => {
    unpack(head, 0);
    const { unpacked: bytes, view } = own;
    taker.dictionary({ bytes, view, start: 0, end: head.unpacked, values: head.values }, own.dictionaryOf);
  };

  const hasRows = (): boolean => rows > 0;

  return {
    get rows() {
      return rows;
    },
    get present() {
      return present;
    },
    get row() {
      return row;
    },
    advance() {
      while (!hasRows()) {
        if (from.left === 0) {
          if (rowsLeft > 0) throw new Error("fewer rows in pages than in their group");
          const chunk = chunks[next++];
          if (chunk === undefined) throw new Error("fewer rows than the files say");
          if (next === 1) from = (own = pool.take()).from;
          from.begin(chunk.file, chunk.start, chunk.length);
          [rowsLeft, codec, optional] = [chunk.rows, chunk.codec, chunk.optional];
          continue;
        }
        const head = takeHead(from);
        if (head.kind === "dictionary") readDictionary(head);
        else if (head.kind === "data") readPage(head);
        else {
          from.need(head.packed);
          from.skip(head.packed);
        }
      }
    },
    take(count) {
      row += count;
      rows -= count;
    },
    close() {
      if (next > 0) pool.give(own);
      from = (own = emptyPage()).from;
      [next, rows, rowsLeft] = [chunks.length, 0, 0];
    },
  };
}

/** Whether levels are one run that says that each of `count` rows has a value, as nearly all pages have. */
function isOneRun(view: DataView, start: number, end: number, count: number): boolean {
  let [head, scale, at] = [0, 1, start];
  for (let byte = 128; byte >= 128 && at < end && scale < 2 ** 35; scale *= 128) {
    byte = view.getUint8(at++);
    head += (byte & 127) * scale;
  }
  return head % 2 === 0 && head / 2 >= count && at < end && view.getUint8(at) === 1;
}
