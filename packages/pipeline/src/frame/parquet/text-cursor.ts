import { byteTable } from "../byte-table.ts";
import { MOST_SHARED } from "../shared-text.ts";
import { roomsOf, type ColumnCursor, type ColumnPart, type ColumnPlan } from "./column-part.ts";
import type { PageBytes } from "./page-bytes.ts";
import { pageReader } from "./page-reader.ts";
import type { ScratchPool } from "./page-scratch.ts";

/** The code of a text of the dictionary that no row had yet. */
const UNKNOWN = -2;

/** Rows that are made at once: they stay in the second cache. */
const AT_ONCE = 16_384;

/** Takes the rows of a column of texts, in order. A text gets its code when a row first has it. */
export function textCursor(plan: ColumnPlan, pool: ScratchPool): ColumnCursor {
  const { chunks, mostTexts } = plan;
  const { memory } = pool;
  const { kernel } = memory;
  const roomFor = roomsOf(plan);
  const table = byteTable(256);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let size = 0;
  let anew = false;
  let fresh: string[] = [];
  /** The bytes of the dictionary, and where in them texts stand, each behind its length; their codes are in the scratch. */
  let known: Uint8Array | undefined;
  let knownAt = new Uint32Array(0);
  /** Where in the memory the texts of a page stand that are no places. */
  let writtenAt = new Uint32Array(0);
  let written = false;
  /** Values of the page that are taken. */
  let value = 0;
  /** The bytes of the codes that are made. */
  let target: Uint8Array = new Uint8Array(0);

  const codeAt = (bytes: Uint8Array, at: number): number => {
    const length = lengthAt(bytes, at);
    const slot = table.find(bytes, at + 4, length);
    const code = table.codes[slot]!;
    if (code !== -1) return code;
    if (size >= mostTexts) throw new Error(`more than ${mostTexts} different texts in a piece`);
    fresh.push(decoder.decode(bytes.subarray(at + 4, at + 4 + length)));
    table.put(slot, bytes, at + 4, length, size);
    return size++;
  };
  const forget = (): void => {
    const { at } = pages.scratch.dictionary;
    for (let text = 0; text < knownAt.length; text++) memory.view.setInt32(at + text * 4, UNKNOWN, true);
  };
  const pages = pageReader(chunks, "text", pool, {
    dictionary(page, own) {
      needLengths(page);
      known = memory.bytes.slice(page.start, page.end);
      knownAt = new Uint32Array(page.values);
      findTexts(known, { start: 0, end: known.length, values: page.values }, knownAt);
      own.dictionary = memory.widened(own.dictionary, page.values * 4);
      forget();
    },
    plain(page) {
      needLengths(page);
      if (writtenAt.length < page.values) writtenAt = new Uint32Array(page.values);
      findTexts(memory.bytes, page, writtenAt);
      written = true;
      value = 0;
    },
    indexed() {
      written = false;
      value = 0;
    },
  });
  /** Writes the codes of `count` values to `into` in the memory. */
  const map = (into: number, count: number): void => {
    const { dictionary, places } = pages.scratch;
    for (let done = 0; done < count;) {
      const from = places.at + (value + done) * 4;
      const made = kernel.mapCodes(
        dictionary.at,
        knownAt.length,
        from,
        into + done * 4,
        count - done,
        UNKNOWN,
      );
      if (made < 0) throw new Error("a place outside the dictionary of its pages");
      done += made;
      if (done === count) break;
      const place = memory.view.getUint32(from + made * 4, true);
      memory.view.setInt32(dictionary.at + place * 4, codeAt(known!, knownAt[place]!), true);
    }
  };
  /** Writes the codes of the next `count` values, which rows one behind the other have. */
  const write = (out: Int32Array, at: number, count: number): void => {
    for (let done = 0; done < count;) {
      const some = Math.min(count - done, AT_ONCE);
      if (written) {
        for (let step = 0; step < some; step++)
          out[at + done + step] = codeAt(memory.bytes, writtenAt[value + step]!);
      } else {
        const own = pages.scratch;
        own.out = memory.widened(own.out, AT_ONCE * 4);
        map(own.out.at, some);
        memory.copyOut(own.out.at, some * 4, target, (at + done) * 4);
      }
      value += some;
      done += some;
    }
  };
  return {
    take(rows: number): ColumnPart {
      if (size > MOST_SHARED) {
        table.clear();
        forget();
        size = 0;
        anew = true;
      }
      const out = new Int32Array(roomFor(rows * 4), 0, rows);
      target = new Uint8Array(out.buffer);
      for (let at = 0; at < rows;) {
        pages.advance();
        const count = Math.min(pages.rows, rows - at);
        if (!pages.gaps) write(out, at, count);
        else {
          const flags = pages.scratch.flags.at + pages.row;
          writeSome(out, at, memory.bytes.slice(flags, flags + count), write);
        }
        pages.take(count);
        at += count;
      }
      const part = { codes: out, fresh, anew };
      fresh = [];
      anew = false;
      return part;
    },
    close: pages.close,
  };
}

/** Writes -1 where a row has no text, and the codes of stretches of those that have. */
function writeSome(
  out: Int32Array,
  at: number,
  present: Uint8Array,
  write: (out: Int32Array, at: number, count: number) => void,
): void {
  const count = present.length;
  for (let step = 0; step < count;) {
    let end = step;
    while (end < count && present[end] === 1) end++;
    if (end > step) write(out, at + step, end - step);
    for (step = end; step < count && present[step] === 0; step++) out[at + step] = -1;
  }
}

/** Every text of a page has a length of 4 bytes. @throws Error where it says that it has more of them than it has room for. */
function needLengths({ start, end, values }: PageBytes): void {
  if (values * 4 > end - start) throw new Error("texts that are cut off");
}

/** Where the texts of a page stand. @throws Error where one is cut off. */
function findTexts(bytes: Uint8Array, { start, end, values }: PageBytes, into: Uint32Array): void {
  let at = start;
  for (let text = 0; text < values; text++) {
    const length = at + 4 > end ? Infinity : lengthAt(bytes, at);
    if (length > end - at - 4) throw new Error("a text that is cut off");
    into[text] = at;
    at += 4 + length;
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
