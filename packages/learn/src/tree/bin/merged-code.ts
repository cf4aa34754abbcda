import type { TreeCategory } from "../tree-ensemble.ts";
import type { TreeColumn } from "../tree-table.ts";
import { categoryList, translation } from "./category-codes.ts";

type CategoricalColumn = Extract<TreeColumn, { kind: "categorical" }>;

/** One list for the categories of chunks that have lists of their own. */
export interface MergedCodes {
  /** All categories so far. */
  readonly categories: readonly TreeCategory[];
  /** What each code of a chunk is in the one list, which takes up what is new; -1 for `null`. */
  codesOf(chunk: Pick<CategoricalColumn, "categories">): Int32Array;
}

/** An empty list. Chunks that share theirs are looked up once. @throws DATA_MALFORMED when it is full. */
export function mergedCodes(who: string, name: string): MergedCodes {
  const list = categoryList();
  let last: readonly TreeCategory[] | undefined;
  let codes: Int32Array = new Int32Array(0);
  return {
    categories: list.categories,
    codesOf({ categories }) {
      // A list that chunks share may have grown.
      if (categories === last && categories.length === codes.length) return codes;
      last = categories;
      codes = translation(categories, (value) => list.add(who, name, value));
      return codes;
    },
  };
}
