import { mix, textWords } from "../check/word-set.ts";
import type { Column } from "../frame/column.ts";
import { isMissing } from "../frame/validity.ts";

/** 64-bit hashes of a column's values in two words each; missing ones have two zeros. */
export interface ColumnHash {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

/** Hashes the values of a column: equal ones alike, whatever their piece or dictionary. */
export function hashColumn(column: Column, rows: number): ColumnHash {
  const [low, high] = [new Uint32Array(rows), new Uint32Array(rows)];
  const set = (row: number, a: number, b: number): void => {
    low[row] = mix(a, b);
    high[row] = mix(b ^ 0x5bd1_e995, a);
  };
  switch (column.kind) {
    case "string": {
      const words = new Uint32Array(2 * column.dictionary.length);
      for (const [at, text] of column.dictionary.entries())
        textWords(text, words.subarray(2 * at, 2 * at + 2));
      for (let row = 0; row < rows; row++) {
        const code = column.codes[row]!;
        if (code >= 0) set(row, words[2 * code]!, words[2 * code + 1]!);
      }
      break;
    }
    case "float":
    case "time":
    case "integer":
    case "boolean": {
      const { values } = column;
      if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
        const halves = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
        for (let row = 0; row < rows; row++) set(row, halves[2 * row]!, halves[2 * row + 1]!);
      } else {
        const number = new Float64Array(1);
        const halves = new Uint32Array(number.buffer);
        for (let row = 0; row < rows; row++) {
          number[0] = values[row]! + 0;
          set(row, halves[0]!, halves[1]!);
        }
      }
      break;
    }
    default: {
      const { values } = column;
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const size = values.BYTES_PER_ELEMENT;
      for (let row = 0; row < rows; row++) {
        const [from, to] =
          column.kind === "vector"
            ? [row * column.width, (row + 1) * column.width]
            : [column.offsets[row]!, column.offsets[row + 1]!];
        let [a, b] = [to - from, 0x9e37_79b9];
        for (let at = from * size; at < to * size; at++) {
          a = Math.imul(a ^ bytes[at]!, 2654435761);
          b = Math.imul(b ^ bytes[at]!, 1597334677);
        }
        set(row, a, b);
      }
    }
  }
  if (column.kind !== "string")
    for (let row = 0; row < rows; row++) if (isMissing(column, row)) low[row] = high[row] = 0;
  return { low, high };
}
