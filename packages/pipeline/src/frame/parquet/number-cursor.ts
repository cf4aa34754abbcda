import { pageReader, type PageBytes } from "./page-reader.ts";
import type { ColumnCursor, ColumnPart, ColumnPlan } from "./column-part.ts";
import type { ScratchPool } from "./page-scratch.ts";
import { kindOfType } from "./parquet-type.ts";
import { VALUE_STORES, type NumberStore, type StoreOf, type ValueStore } from "./value-store.ts";

const TRUTHS: ValueStore = { make: Uint8Array as StoreOf, size: 1, read: () => {} };

/** Takes the rows of a column of numbers, times or truths, in order. */
export function numberCursor({ type, chunks }: ColumnPlan, pool: ScratchPool): ColumnCursor {
  const truths = type === "boolean";
  const { make: Store, size, read } = truths ? TRUTHS : VALUE_STORES[type as keyof typeof VALUE_STORES];
  const missing = kindOfType(type) === "float" || kindOfType(type) === "time" ? Number.NaN : 0;
  const bits = missing === 0;
  /** Values that the places of a page are looked up in; of truths they are themselves. */
  let dictionary: NumberStore | undefined = truths ? Uint8Array.of(0, 1) : undefined;
  /** The values of a page that are no places: as they stand, and, where rows are missing, out of it. */
  let plain: PageBytes | undefined;
  let dense = new Store(0);
  let isDense = false;
  let places: Int32Array | undefined;
  let value = 0;
  const check = (page: PageBytes): void => {
    if (page.values * size > page.end - page.start) throw new Error("values that are cut off");
  };
  const pages = pageReader(chunks, truths, pool, {
    dictionary(page, roomOf) {
      check(page);
      // Its length bounds the places in it.
      dictionary = new Store(roomOf(page.values * 8), 0, page.values);
      read(page.bytes, page.start, dictionary, page.values);
    },
    plain(page) {
      check(page);
      [plain, isDense, places, value] = [page, false, undefined, 0];
    },
    indexed(own) {
      if (dictionary === undefined) throw new Error("places in a dictionary that is not there");
      [places, value] = [own, 0];
    },
  });
  return {
    take(rows: number): ColumnPart {
      const out = new Store(rows);
      let flags: Uint8Array<ArrayBuffer> | undefined;
      for (let at = 0; at < rows;) {
        pages.advance();
        const count = Math.min(pages.rows, rows - at);
        const { present, row } = pages;
        if (present === undefined) {
          if (places === undefined)
            read(plain!.bytes, plain!.start + value * size, out.subarray(at) as NumberStore, count);
          else gather(out, at, dictionary!, places, value, count);
          value += count;
        } else if (places === undefined) {
          if (!isDense) {
            const { bytes, start, values } = plain!;
            if (dense.length < values) dense = new Store(values);
            read(bytes, start, dense, values);
            isDense = true;
          }
          value = spread(out, at, dense, value, present, row, count, missing);
        } else value = gatherSome(out, at, dictionary!, places, value, present, row, count, missing);
        // Until the first gap all rows have a value.
        if (bits && present !== undefined) flags ??= new Uint8Array(rows).fill(1);
        if (present !== undefined) flags?.set(present.subarray(row, row + count), at);
        pages.take(count);
        at += count;
      }
      return flags?.includes(0) === true ? { values: out, present: flags } : { values: out };
    },
    close: pages.close,
  };
}

function gather(
  out: NumberStore,
  at: number,
  from: NumberStore,
  places: Int32Array,
  first: number,
  count: number,
): void {
  const size = from.length;
  for (let step = 0; step < count; step++) {
    const place = places[first + step]!;
    if (place >>> 0 >= size) throw outside();
    out[at + step] = from[place]!;
  }
}

function gatherSome(
  out: NumberStore,
  at: number,
  from: NumberStore,
  places: Int32Array,
  first: number,
  present: Uint8Array,
  row: number,
  count: number,
  missing: number,
): number {
  const size = from.length;
  let value = first;
  for (let step = 0; step < count; step++) {
    if (present[row + step] === 0) {
      // Whole numbers are 0 already.
      if (missing !== 0) out[at + step] = missing;
      continue;
    }
    const place = places[value++]!;
    if (place >>> 0 >= size) throw outside();
    out[at + step] = from[place]!;
  }
  return value;
}

function spread(
  out: NumberStore,
  at: number,
  from: NumberStore,
  first: number,
  present: Uint8Array,
  row: number,
  count: number,
  missing: number,
): number {
  let value = first;
  for (let step = 0; step < count; step++)
    if (present[row + step] !== 0) out[at + step] = from[value++]!;
    else if (missing !== 0) out[at + step] = missing;
  return value;
}

function outside(): Error {
  return new Error("a place outside the dictionary of its pages");
}
