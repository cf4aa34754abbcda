import type { Column } from "../frame/column.ts";
import type { NumberProfile } from "./profile-report.ts";

/** Texts that people and programs write where there is no value; "unknown" and "other" are answers as often. */
const WORDS = new Set(
  "? ?? - -- --- . .. * n/a na n.a. #n/a #na <na> nan -nan null none nil nat missing undefined #null! #value! #ref! #div/0!".split(
    " ",
  ),
);

/**
 * The texts among these that stand for a missing value by their form, in their order, whatever their case. In a column
 * that says little else nothing is one: "none" is a fine answer beside "one" and "two", so at least two texts must be others.
 *
 * @example
 * placeholders(["2.5", "?", "3", "7"]); // ["?"]
 */
export function placeholders(texts: readonly string[]): readonly string[] {
  const found = texts.filter((text) => WORDS.has(text.trim().toLowerCase()));
  return texts.length - found.length < 2 ? [] : found;
}

/** Numbers of nines alone, and their negatives, are what forms and sensors write where they have none. */
const NINES = /^-?9{3,}$/u;

/** The least or greatest number of a column where it is of nines alone, is repeated, and lies far from all others. */
export function fillNumber(column: Column, { min, max }: NumberProfile): number | undefined {
  if ((column.kind !== "float" && column.kind !== "integer") || min === null || max === null)
    return undefined;
  const values = Float64Array.from(column.values, Number);
  const far = (end: number) => {
    if (!NINES.test(String(end))) return false;
    let [repeats, next] = [0, 0];
    for (const value of values)
      if (value === end) repeats++;
      else if (Number.isFinite(value)) next = Math.max(next, Math.abs(value));
    return repeats > 1 && Math.abs(end) > 2 * next;
  };
  return [min, max].find(far);
}
