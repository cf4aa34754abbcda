import type { Column } from "../frame/column.ts";
import { isMissing } from "../frame/validity.ts";

/** Different values that are counted at most: a column with more of them has no top values. */
export const MOST_TALLIED = 10_000;

/** A value with how many rows have it. */
export interface Tallied {
  readonly value: string;
  readonly rows: number;
}

/** Exact counts of the values of a column that has few different ones. */
export interface ValueTally {
  add(column: Column, rows: number): void;
  /** By count, then text; undefined where there were more than {@link MOST_TALLIED}. */
  finish(): readonly Tallied[] | undefined;
}

/** A tally of texts, whole numbers and truths; others are not counted. */
export function valueTally(): ValueTally {
  let counts: Map<string | number | bigint, number> | undefined = new Map();
  const take = (value: string | number | bigint, rows: number): void => {
    counts!.set(value, (counts!.get(value) ?? 0) + rows);
  };
  return {
    add(column, rows) {
      if (counts === undefined) return;
      if (column.kind === "string") {
        const own = new Float64Array(column.dictionary.length);
        for (const code of column.codes) if (code >= 0) own[code]!++;
        for (let at = 0; at < own.length && counts.size <= MOST_TALLIED; at++)
          if (own[at]! > 0) take(column.dictionary[at]!, own[at]!);
      } else if (column.kind === "integer" || column.kind === "boolean") {
        for (let row = 0; row < rows && counts.size <= MOST_TALLIED; row++)
          if (!isMissing(column, row))
            take(column.kind === "boolean" ? truth(column.values[row]!) : column.values[row]!, 1);
      } else counts = undefined;
      if (counts !== undefined && counts.size > MOST_TALLIED) counts = undefined;
    },
    finish() {
      const list = counts && [...counts].map(([value, rows]) => ({ value: String(value), rows }));
      return list?.sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1));
    },
  };
}

function truth(value: number): string {
  return value === 1 ? "true" : "false";
}
