import type { Column } from "../../frame/column.ts";
import { noNumbers } from "../scale/not-enough.ts";

/** The fit of the most frequent text. */
export interface TextFit {
  add(column: Column): void;
  /** @throws NOT_ENOUGH_DATA without a text. */
  finish(): string;
}

/** Counts texts; the empty one is missing. */
export function textFit(who: string, name: string): TextFit {
  const counts = new Map<string, number>();
  return {
    add(column) {
      if (column.kind !== "string") return;
      const { codes, dictionary } = column;
      const own = new Float64Array(dictionary.length);
      for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) own[codes[row]!]!++;
      for (const [code, count] of own.entries()) {
        const text = dictionary[code]!;
        if (count > 0 && text !== "") counts.set(text, (counts.get(text) ?? 0) + count);
      }
    },
    finish() {
      let [best, most] = ["", 0];
      for (const [text, count] of counts)
        if (count > most || (count === most && text < best)) [best, most] = [text, count];
      if (most === 0) throw noNumbers(who, name);
      return best;
    },
  };
}
