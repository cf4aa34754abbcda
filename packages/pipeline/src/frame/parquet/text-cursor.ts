import { byteTable } from "../byte-table.ts";
import { MOST_SHARED } from "../shared-text.ts";
import type { ColumnCursor, ColumnPart, ColumnPlan } from "./column-part.ts";
import { pageReader, type PageBytes } from "./page-reader.ts";
import type { ScratchPool } from "./page-scratch.ts";

/** The bytes of texts, each behind its length in 4 bytes, and where these stand. */
interface TextPlaces {
  bytes: Uint8Array;
  view: DataView;
  at: Int32Array;
}

const UNKNOWN = -2;

/** Takes the rows of a column of texts, in order. A text gets its code when a row first has it. */
export function textCursor({ chunks, mostTexts }: ColumnPlan, pool: ScratchPool): ColumnCursor {
  const table = byteTable(256);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let [size, anew] = [0, false];
  let fresh: string[] = [];
  let known: TextPlaces | undefined;
  /** Codes of the texts of the dictionary's page. */
  let codes = new Int32Array(0);
  const written: TextPlaces = {
    bytes: new Uint8Array(0),
    view: new DataView(new ArrayBuffer(0)),
    at: new Int32Array(0),
  };
  let places: Int32Array | undefined;
  let value = 0;

  const codeAt = ({ bytes, view }: TextPlaces, at: number): number => {
    const length = view.getUint32(at, true);
    const slot = table.find(bytes, at + 4, length);
    const code = table.codes[slot]!;
    if (code !== -1) return code;
    if (size >= mostTexts) throw new Error(`more than ${mostTexts} different texts in a piece`);
    fresh.push(decoder.decode(bytes.subarray(at + 4, at + 4 + length)));
    table.put(slot, bytes, at + 4, length, size);
    return size++;
  };
  const pages = pageReader(chunks, false, pool, {
    dictionary(page) {
      const bytes = page.bytes.slice(page.start, page.end);
      const view = new DataView(bytes.buffer);
      known = { bytes, view, at: new Int32Array(page.values) };
      findTexts({ ...page, bytes, view, start: 0, end: bytes.length }, known.at);
      codes = new Int32Array(page.values).fill(UNKNOWN);
    },
    plain(page) {
      if (written.at.length < page.values) written.at = new Int32Array(page.values);
      findTexts(page, written.at);
      [written.bytes, written.view] = [page.bytes, page.view];
      [places, value] = [undefined, 0];
    },
    indexed(given) {
      if (known === undefined) throw new Error("places in a dictionary that is not there");
      [places, value] = [given, 0];
    },
  });
  /** Writes the codes of rows that have a text. */
  const write = (out: Int32Array, at: number, count: number): void => {
    if (places === undefined) {
      for (let step = 0; step < count; step++) out[at + step] = codeAt(written, written.at[value + step]!);
      value += count;
      return;
    }
    // Names of this function's own, which need no look outside at each row.
    const [from, first, own] = [places, value, codes];
    const size = own.length;
    for (let step = 0; step < count; step++) {
      const place = from[first + step]!;
      if (place >>> 0 >= size) throw new Error("a place outside the dictionary of its pages");
      let code = own[place]!;
      if (code === UNKNOWN) own[place] = code = codeAt(known!, known!.at[place]!);
      out[at + step] = code;
    }
    value += count;
  };
  return {
    take(rows: number): ColumnPart {
      if (size > MOST_SHARED) {
        table.clear();
        codes.fill(UNKNOWN);
        [size, anew] = [0, true];
      }
      const out = new Int32Array(rows);
      for (let at = 0; at < rows;) {
        pages.advance();
        const count = Math.min(pages.rows, rows - at);
        const { present, row } = pages;
        if (present === undefined) write(out, at, count);
        else writeSome(out, at, present, row, count, write);
        pages.take(count);
        at += count;
      }
      const part = { codes: out, fresh, anew };
      [fresh, anew] = [[], false];
      return part;
    },
    close: pages.close,
  };
}

/** Writes -1 where a row has no text, and stretches of those that have. */
function writeSome(
  out: Int32Array,
  at: number,
  present: Uint8Array,
  row: number,
  count: number,
  write: (out: Int32Array, at: number, count: number) => void,
): void {
  for (let step = 0; step < count;) {
    let end = step;
    while (end < count && present[row + end] === 1) end++;
    if (end > step) write(out, at + step, end - step);
    for (step = end; step < count && present[row + step] === 0; step++) out[at + step] = -1;
  }
}

/** Where the texts of a page stand. @throws Error where one is cut off. */
function findTexts({ view, start, end, values }: PageBytes, into: Int32Array): void {
  let at = start;
  for (let text = 0; text < values; text++) {
    if (at + 4 > end || view.getUint32(at, true) > end - at - 4) throw new Error("a text that is cut off");
    into[text] = at;
    at += 4 + view.getUint32(at, true);
  }
}
