import type { ColumnKind } from "../../frame/column.ts";

/** Kinds of columns whose values can be categories: texts, whole numbers as decimal text, truths as `false` and `true`. */
export const CATEGORY_KINDS = ["string", "integer", "boolean"] as const satisfies readonly ColumnKind[];

/** A kind of column whose values can be categories. */
export type CategoryKind = (typeof CATEGORY_KINDS)[number];

/** Whether a kind is one of {@link CATEGORY_KINDS}. */
export function isCategoryKind(kind: unknown): kind is CategoryKind {
  return CATEGORY_KINDS.includes(kind as CategoryKind);
}

/** The categories of a column of truths. */
export const TRUTHS: readonly string[] = Object.freeze(["false", "true"]);
