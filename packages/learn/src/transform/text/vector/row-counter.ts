import { widerArray } from "../../../wider-array.ts";

/** Rows of terms and how often they occur, behind each other, while they grow. */
export interface CountedRows {
  readonly rows: number;
  readonly indptr: Int32Array;
  /** Each of its row, in the order in which they come first. The reader may write over them. */
  readonly terms: Int32Array<ArrayBuffer>;
  readonly counts: Uint32Array<ArrayBuffer>;
}

/** Collects the terms of one row after another. */
export interface RowCounter {
  /** A term of the present row. */
  readonly add: (term: number) => void;
  /** Ends the present row; its distinct terms. */
  endRow(): number;
  /** The distinct terms of the present row, before `endRow`. */
  distinct(visit: (term: number, count: number) => void): void;
  /** The rows that were kept. */
  finish(): CountedRows;
}

/**
 * A counter of rows. Without `keep` the memory of a row is used for the next one.
 *
 * @param rows how many there will be, where they are kept.
 */
export function rowCounter(rows: number, keep: boolean): RowCounter {
  const indptr = new Int32Array(keep ? rows + 1 : 1);
  let terms = new Int32Array(4096);
  let counts = new Uint32Array(4096);
  /** Where a term stands in the present row, if that is at or behind the row's start. */
  let places = new Int32Array(1024).fill(-1);
  let row = 0;
  let start = 0;
  let end = 0;
  return {
    add(term: number) {
      if (term >= places.length) {
        const wider = new Int32Array(Math.max(2 * places.length, term + 1)).fill(-1);
        wider.set(places);
        places = wider;
      }
      const place = places[term]!;
      if (place >= start && place < end && terms[place] === term) {
        counts[place]!++;
        return;
      }
      if (end === terms.length) {
        terms = widerArray(terms, 2 * end);
        counts = widerArray(counts, 2 * end);
      }
      places[term] = end;
      terms[end] = term;
      counts[end++] = 1;
    },
    endRow() {
      const distinct = end - start;
      if (keep) {
        row++;
        indptr[row] = end;
        start = end;
      } else end = 0;
      return distinct;
    },
    distinct(visit: (term: number, count: number) => void) {
      for (let at = start; at < end; at++) visit(terms[at]!, counts[at]!);
    },
    finish: () => ({ rows: row, indptr, terms: widerArray(terms, end), counts: widerArray(counts, end) }),
  };
}
