import type { RenamedColumn } from "./column.ts";

/** What a screen does not show, or shows as another sign. */
const UNSEEN = /[^\p{L}\p{N}\p{P}\p{S}\p{M} ]/u;

/** A name in quotes, with what nobody sees as its code. */
const shown = (name: string): string =>
  JSON.stringify(name).replace(new RegExp(UNSEEN, "gu"), (sign) =>
    Array.from(sign, (one) => `\\u{${one.codePointAt(0)!.toString(16)}}`).join(""),
  );

/** Why a column of a file has another name than the file gives it: the end of a sentence about the column. */
export function renamedText({ name, written }: RenamedColumn): string {
  if (written.trim() === "") return "has no name in the file";
  if (!UNSEEN.test(written)) return `is called ${shown(written)}, as another is, in the file`;
  return `is called ${shown(written)}, with signs that nobody sees${/_\d+$/u.test(name) ? ", as another is," : ""} in the file`;
}
