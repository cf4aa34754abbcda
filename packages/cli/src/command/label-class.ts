import { numbersOf, type Column } from "@tideline/learn/frame";

/** A column's texts, "" where a row is missing; truths are "true" and "false". */
export function textsOf(column: Column, who: string): readonly string[] {
  if (column.kind === "string")
    return Array.from(column.codes, (code) => (code < 0 ? "" : column.dictionary[code]!));
  const isTruth = column.kind === "boolean";
  return Array.from(numbersOf(column, who), (value) =>
    Number.isNaN(value) ? "" : String(isTruth ? value === 1 : value),
  );
}

/** The place of a text among classes, -1 without: of itself, or of the number that it is written as. */
export function classAt(classes: readonly string[], text: string): number {
  const own = classes.indexOf(text);
  if (own >= 0 || text.trim() === "") return own;
  return classes.indexOf(String(Number(text)));
}
