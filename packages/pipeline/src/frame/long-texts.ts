import { DuckDBBlobVector, type DuckDBVector } from "@duckdb/node-api";
import { isValid } from "@tideline/learn/frame";
import { validityOf } from "./vector-access.ts";

/** The bytes of the long texts of a vector. */
export interface LongTexts {
  /** Bytes in which the text of the row last asked of stands. */
  readonly bytes: Uint8Array;
  /** Where the text of a row begins. Rows are asked in order. */
  startOf(row: number): number;
}

type Make = new (
  view: DataView,
  validity: { itemValid(row: number): boolean },
  vector: unknown,
  offset: number,
  count: number,
) => DuckDBBlobVector;

/** Longest run that is read at once: 64 MiB. */
const MOST = 2 ** 26;

/**
 * Reads the texts of a vector that are longer than 12 bytes. DuckDB lays them one behind the other, but for the ends of
 * its blocks; a run without a gap is read at once, as every byte of it belongs to a text of the vector. A call for each
 * text takes 10 times as long.
 */
export function longTexts(vector: DuckDBVector, words: Int32Array, rows: number): LongTexts {
  const validity = validityOf(vector);
  let bytes = new Uint8Array(0);
  let end = 0;
  let at = 0;
  /** The rows from `first` on whose texts lie in one run, and its bytes. */
  const readRun = (first: number): void => {
    let span = words[first * 4]!;
    let [low, high] = ends(words, first);
    end = first + 1;
    for (; end < rows; end++) {
      const length = words[end * 4]!;
      if (length <= 12 || (validity !== undefined && !isValid(validity, end))) continue;
      if (words[end * 4 + 2]! >>> 0 !== low || words[end * 4 + 3]! >>> 0 !== high || span + length > MOST)
        break;
      span += length;
      [low, high] = ends(words, end);
    }
    bytes = bytesAt(words[first * 4 + 2]!, words[first * 4 + 3]!, span);
    at = 0;
  };
  return {
    get bytes() {
      return bytes;
    },
    startOf(row) {
      if (row >= end) readRun(row);
      const start = at;
      at += words[row * 4]!;
      return start;
    },
  };
}

/** The address behind the text of a row. */
function ends(words: Int32Array, row: number): [number, number] {
  const low = (words[row * 4 + 2]! >>> 0) + words[row * 4]!;
  return [low >>> 0, ((words[row * 4 + 3]! >>> 0) + (low > 0xffff_ffff ? 1 : 0)) >>> 0];
}

/** Bytes of the engine's memory, by way of a blob of that length and place. */
function bytesAt(low: number, high: number, length: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint32(0, length, true);
  view.setInt32(8, low, true);
  view.setInt32(12, high, true);
  const Blob = DuckDBBlobVector as unknown as Make;
  const blob = new Blob(view, { itemValid: () => true }, null, 0, 1);
  return blob.getItemBytes(0) as Uint8Array<ArrayBuffer>;
}
