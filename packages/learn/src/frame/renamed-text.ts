import type { RenamedColumn } from "./column.ts";

/** Why a column of a file has another name than the file gives it: the end of a sentence about the column. */
export function renamedText({ written }: RenamedColumn): string {
  return `${written === "" ? "has no name" : `is called ${JSON.stringify(written)}, as another is,`} in the file`;
}
