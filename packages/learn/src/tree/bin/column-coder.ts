import type { BinnedFeature } from "../binned-table.ts";
import type { TreeCategory } from "../tree-ensemble.ts";
import type { TreeColumn } from "../tree-table.ts";
import { categoryList, translation } from "./category-codes.ts";
import { binOfCode, codeCategories } from "./category-bin.ts";
import { valueCoder } from "./value-coder.ts";

/** Writes the bins of a column's rows; returns whether any number was missing. */
export type ColumnCoder = (column: TreeColumn, into: Uint8Array) => boolean;

/**
 * What turns a feature's columns, or chunks of them, into bins. Pure but for what it remembers to go faster: any thread
 * may make its own. The column is of the feature's kind.
 */
export function columnCoder(feature: BinnedFeature): ColumnCoder {
  if (feature.kind === "numeric") {
    const code = valueCoder(feature.upper);
    return (column, into) => column.kind === "numeric" && code(column.values, into);
  }
  const list = categoryList(feature.categories);
  let last: readonly TreeCategory[] | undefined;
  let known = -1;
  let bins: Uint8Array = new Uint8Array(0);
  return (column, into) => {
    if (column.kind !== "categorical") return false;
    // Chunks often share a list, which may have grown.
    if (column.categories !== last || column.categories.length !== known) {
      last = column.categories;
      known = last.length;
      bins = binOfCode(feature, last === feature.categories ? codesOf(last) : translation(last, list.find));
    }
    codeCategories(column.codes, bins, feature.codes.length, into);
    return false;
  };
}

function codesOf(list: readonly unknown[]): Int32Array {
  return Int32Array.from(list.keys());
}
