import type { Column } from "../frame/column.ts";
import { valueBins, type ValueBins } from "./value-bins.ts";

/** Lengths of the texts of a column, in UTF-16 units as JavaScript counts; null where there is none. */
export interface TextProfile {
  /** Exact, of all rows that have a text. */
  readonly shortest: number | null;
  readonly longest: number | null;
  readonly mean: number | null;
  /** Of the sample. */
  readonly bins: ValueBins;
}

/** Lengths of a stream of texts. */
export interface TextSums {
  add(column: Column): void;
  finish(sample: Column | undefined): TextProfile;
}

/** Exact figures of the lengths of texts; each different text of a piece is measured once. */
export function textSums(): TextSums {
  let [rows, sum, shortest, longest] = [0, 0, Infinity, -Infinity];
  return {
    add(column) {
      if (column.kind !== "string") return;
      const lengths = lengthsOf(column.dictionary);
      for (const code of column.codes) {
        if (code < 0) continue;
        const length = lengths[code]!;
        rows++;
        sum += length;
        if (length < shortest) shortest = length;
        if (length > longest) longest = length;
      }
    },
    finish(sample) {
      const lengths = sample?.kind === "string" ? lengthsOf(sample.dictionary) : new Float64Array();
      const codes = sample?.kind === "string" ? sample.codes.filter((code) => code >= 0) : [];
      const sorted = Float64Array.from(codes, (code) => lengths[code]!).sort();
      const some = rows > 0;
      return Object.freeze({
        shortest: some ? shortest : null,
        longest: some ? longest : null,
        mean: some ? sum / rows : null,
        bins: valueBins(sorted, "integer"),
      });
    },
  };
}

function lengthsOf(texts: readonly string[]): Float64Array {
  return Float64Array.from(texts, (text) => text.length);
}
