import { checkPage } from "./page-checksum.ts";
import type { PageBytes } from "./page-bytes.ts";
import { CODECS } from "./page-codec.ts";
import { takeHead, type PageHead } from "./page-head.ts";
import type { PageScratch, ScratchPool } from "./page-scratch.ts";
import { unpackValues } from "./packed-values.ts";
import type { ParquetChunk } from "./parquet-footer.ts";
import type { ParquetType } from "./parquet-type.ts";

/** What takes the values of pages. */
export interface PageTaker {
  dictionary(page: PageBytes, scratch: PageScratch): void;
  /** Values one behind the other. */
  plain(page: PageBytes, scratch: PageScratch): void;
  /** The places of values in the dictionary that came before are in the scratch. */
  indexed(values: number, scratch: PageScratch): void;
}

/** The pages of a column, one at a time. */
export interface PageReader {
  readonly scratch: PageScratch;
  /** Rows of the page that are not taken yet. */
  readonly rows: number;
  /** Whether rows of the page have no value: the scratch has a flag for each. */
  readonly gaps: boolean;
  /** The first row of the page that is not taken. */
  readonly row: number;
  /** Goes to the next page unless rows are left. @throws Error where there is none. */
  advance(): void;
  take(rows: number): void;
  /** Closes the file and gives its rooms back. */
  close(): void;
}

const [PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY] = [0, 2, 3, 8];

/** Reads the chunks of a column in their order, and hands the values of each page to `taker`. */
export function pageReader(
  chunks: readonly ParquetChunk[],
  type: ParquetType,
  pool: ScratchPool,
  taker: PageTaker,
): PageReader {
  const { memory } = pool;
  const truths = type === "boolean";
  const scratch = pool.take();
  const { from } = scratch;
  let gaps = false;
  let optional = false;
  let closed = false;
  /** Whether the dictionary of the chunk came: one of a chunk before is of other values, maybe of another file. */
  let listed = false;
  let next = 0;
  let rowsLeft = 0;
  let row = 0;
  let rows = 0;
  let codec = 0;

  /** Unpacks a page behind its first `apart` bytes, which are not packed; gives where it begins. */
  const unpack = ({ packed, unpacked: size, isPacked, checksum }: PageHead, apart: number): number => {
    if (apart > packed || apart > size) throw cutOff("levels");
    from.need(packed);
    if (checksum !== undefined) checkPage(memory.bytes.subarray(from.at, from.at + packed), checksum);
    const roomFor = (): number => {
      scratch.page = memory.widened(scratch.page, size);
      return scratch.page.at + apart;
    };
    const unpackRest = CODECS.get(isPacked ? codec : 0)!;
    if (size > apart) unpackRest(memory, from.at + apart, from.at + packed, size - apart, roomFor);
    else roomFor();
    const { at } = scratch.page;
    memory.bytes.copyWithin(at, from.at, from.at + apart);
    from.skip(packed);
    return at;
  };

  /** Reads which of a page's rows have a value; gives how many. */
  const readLevels = (start: number, end: number, count: number): number => {
    scratch.flags = memory.widened(scratch.flags, count);
    const there = memory.kernel.readLevels(start, end, scratch.flags.at, count);
    if (there < 0) throw cutOff("levels");
    gaps = there < count;
    return there;
  };

  const readPlaces = (start: number, end: number, width: number, count: number): void => {
    scratch.places = memory.widened(scratch.places, count * 4);
    if (memory.kernel.readHybrid(start, end, width, scratch.places.at, count) < 0) throw cutOff("places");
    taker.indexed(count, scratch);
  };

  const readTruths = (start: number, end: number, count: number): void => {
    if (start + Math.ceil(count / 8) > end) throw cutOff("truths");
    scratch.places = memory.widened(scratch.places, count * 4);
    memory.kernel.readTruths(start, scratch.places.at, count);
    taker.indexed(count, scratch);
  };

  const readPage = (head: PageHead): void => {
    if (head.values > rowsLeft) throw new Error("more rows in pages than in their group");
    if (head.listed === true) throw new Error("levels of lists in a column without any");
    const at = unpack(head, head.levels ?? 0);
    const end = at + head.unpacked;
    let start = at + (head.levels ?? 0);
    let values = head.values;
    gaps = false;
    if (optional && head.oldLevels) throw new Error("levels in packed bits without runs");
    if (optional && head.levels !== undefined) values = readLevels(at, start, values);
    else if (optional) {
      const levels = head.unpacked < 4 ? Infinity : memory.view.getUint32(at, true);
      start = at + 4 + levels;
      if (start > end) throw cutOff("levels");
      values = readLevels(at + 4, start, values);
    }
    if (values === 0) taker.indexed(0, scratch);
    else if (head.encoding === PLAIN && truths) readTruths(start, end, values);
    else if (head.encoding === PLAIN) taker.plain({ start, end, values }, scratch);
    // The length of the runs stands before them.
    else if (head.encoding === RLE && truths) readPlaces(Math.min(start + 4, end), end, 1, values);
    else if (head.encoding === PLAIN_DICTIONARY || head.encoding === RLE_DICTIONARY) {
      if (!listed) throw new Error("places in a dictionary that is not there");
      if (start >= end) throw cutOff("places");
      readPlaces(start + 1, end, memory.bytes[start]!, values);
    } else taker.plain(unpackValues(type, head.encoding, { start, end, values }, memory, scratch), scratch);
    row = 0;
    rows = head.values;
    rowsLeft -= head.values;
  };

  const nextPage = (): void => {
    if (from.left === 0) {
      if (rowsLeft > 0) throw new Error("fewer rows in pages than in their group");
      const chunk = chunks[next++];
      if (chunk === undefined) throw new Error("fewer rows than the files say");
      from.begin(chunk.file, chunk.start, chunk.length);
      ({ rows: rowsLeft, codec, optional } = chunk);
      listed = false;
      return;
    }
    const head = takeHead(from, memory);
    if (head.kind === "data") readPage(head);
    else if (head.kind === "dictionary") {
      const start = unpack(head, 0);
      taker.dictionary({ start, end: start + head.unpacked, values: head.values }, scratch);
      listed = true;
    } else {
      from.need(head.packed);
      from.skip(head.packed);
    }
  };

  return {
    scratch,
    get rows() {
      return rows;
    },
    get gaps() {
      return gaps;
    },
    get row() {
      return row;
    },
    advance() {
      for (const enough = (): boolean => rows > 0; !enough();) nextPage();
    },
    take(count) {
      row += count;
      rows -= count;
    },
    close() {
      if (!closed) pool.give(scratch);
      closed = true;
    },
  };
}

function cutOff(what: string): Error {
  return new Error(`${what} that are cut off`);
}
