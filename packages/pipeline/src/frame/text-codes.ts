import type { DuckDBVector } from "@duckdb/node-api";
import { isValid, MOST_TEXTS } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec/error";
import { byteTable } from "./byte-table.ts";
import { longTexts } from "./long-texts.ts";
import { MOST_SHARED } from "./shared-text.ts";
import { bytesOf, validityOf } from "./vector-access.ts";
import { wordTable } from "./word-table.ts";

/** Makes codes of the texts of vectors, chunk by chunk. */
export interface TextCodes {
  /** Writes the codes of a vector's rows, -1 where it is NULL, into `codes` from `at` on. */
  add(vector: DuckDBVector, rows: number, codes: Int32Array, at: number): void;
  /** The dictionary of the piece that ends here; the next one begins. */
  dictionary(): readonly string[];
}

/**
 * A text of DuckDB is 16 bytes: its length and, up to 12 bytes, itself; else 4 bytes of it and an address. Texts are told
 * apart by their bytes, and only a new one is decoded.
 */
export function textCodes(): TextCodes {
  let texts: string[] = [];
  let shared = false;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const short = wordTable(4096);
  const long = byteTable(4096);
  const append = (text: string): number => {
    if (texts.length >= MOST_TEXTS) throw tooMany();
    if (shared) texts = [...texts];
    shared = false;
    return texts.push(text) - 1;
  };
  return {
    add(vector, rows, codes, at) {
      const bytes = bytesOf(vector);
      const words = new Int32Array(bytes.buffer, bytes.byteOffset, rows * 4);
      const validity = validityOf(vector);
      // Nearly all rows have a short text that was there before. What stands behind a NULL is no text.
      if (validity === undefined && short.findAll(words, rows, 12, codes, at) === 0) return;
      const own = longTexts(vector, words, rows);
      for (let row = 0; row < rows; row++) {
        if (validity === undefined && codes[at + row]! >= 0) continue;
        if (validity !== undefined && !isValid(validity, row)) {
          codes[at + row] = -1;
          continue;
        }
        const length = words[row * 4]!;
        let code: number;
        if (length <= 12) {
          const slot = short.find(words, row * 4);
          code = short.codes[slot]!;
          if (code === -1) {
            code = append(decoder.decode(bytes.subarray(row * 16 + 4, row * 16 + 4 + length)));
            short.put(slot, words, row * 4, code);
          }
        } else {
          const start = own.startOf(row);
          const slot = long.find(own.bytes, start, length);
          code = long.codes[slot]!;
          if (code === -1) {
            code = append(decoder.decode(own.bytes.subarray(start, start + length)));
            long.put(slot, own.bytes, start, length, code);
          }
        }
        codes[at + row] = code;
      }
    },
    dictionary() {
      const dictionary = texts;
      shared = true;
      if (texts.length > MOST_SHARED) {
        texts = [];
        short.clear();
        long.clear();
      }
      return dictionary;
    },
  };
}

function tooMany(): Error {
  return tidelineError("DATA_MALFORMED", {
    who: "read",
    expected: `at most ${MOST_TEXTS} different texts in a piece`,
    received: "more",
    remedy: "Read fewer rows at a time.",
  });
}
