import { tidelineError } from "@tideline/spec";
import { categoryList, translation } from "../bin/category-codes.ts";
import type { TreeCategory, TreeEnsemble, TreeFeature } from "../tree-ensemble.ts";
import type { NumericArray, TreeColumn, TreeTable } from "../tree-table.ts";

/** A column as an ensemble's feature reads it. */
export type BoundColumn =
  | { readonly kind: "numeric"; readonly values: NumericArray; readonly zeroIsMissing: boolean }
  | {
      readonly kind: "codes";
      readonly codes: Int32Array;
      /** The feature's code of each of the column's; undefined where they are the same. */
      readonly to: Int32Array | undefined;
      /** Codes of the feature. */
      readonly categories: number;
    }
  | {
      /** Numbers that are categories themselves. */
      readonly kind: "categories";
      readonly values: NumericArray;
      readonly find: (category: TreeCategory) => number;
      readonly categories: number;
    };

function bind(feature: TreeFeature, column: TreeColumn): BoundColumn {
  if (feature.kind === "numeric") {
    if (column.kind === "numeric")
      return { kind: "numeric", values: column.values, zeroIsMissing: feature.zeroIsMissing === true };
    throw tidelineError("ARGUMENT_INVALID", {
      who: "rawScores",
      field: `column "${feature.name}"`,
      expected: "numbers, as the trees compare it with thresholds",
      received: "categories",
    });
  }
  const own = feature.categories;
  const { find } = categoryList(own);
  if (column.kind === "numeric")
    return { kind: "categories", values: column.values, find, categories: own.length };
  const same =
    own === column.categories ||
    (own.length === column.categories.length &&
      own.every((value, code) => value === column.categories[code]));
  return {
    kind: "codes",
    codes: column.codes,
    to: same ? undefined : translation(column.categories, find),
    categories: own.length,
  };
}

/** The feature's code of a row, or -1 where it is missing. */
export function codeAt(column: Exclude<BoundColumn, { kind: "numeric" }>, row: number): number {
  let code: number;
  if (column.kind === "categories") code = column.find(column.values[row]! + 0);
  else {
    const given = column.codes[row]!;
    code = column.to === undefined ? given : (column.to[given] ?? -1);
  }
  return code >= 0 && code < column.categories ? code : -1;
}

/**
 * The table's columns in the order of an ensemble's features, found by name. Categories are found by value, so that a table may
 * list them otherwise; numbers in the place of categories are taken for categories.
 *
 * @throws ARGUMENT_INVALID for a column that is missing or of another kind.
 */
export function bindColumns({ features }: TreeEnsemble, table: TreeTable): BoundColumn[] {
  const { columns } = table;
  let byName: ReadonlyMap<string, TreeColumn> | undefined;
  const named = (name: string): TreeColumn | undefined =>
    (byName ??= new Map(columns.map((column) => [column.name, column]))).get(name);
  return features.map((feature, place) => {
    // Mostly they stand in the features' order: of a row alone, looking them up takes longer than the trees.
    const column = columns[place]?.name === feature.name ? columns[place] : named(feature.name);
    if (column !== undefined) return bind(feature, column);
    const names = table.columns.slice(0, 8).map(({ name }) => `"${name}"`);
    throw tidelineError("ARGUMENT_INVALID", {
      who: "rawScores",
      field: "columns",
      expected: `a column "${feature.name}", which the trees ask for`,
      received: `${names.join(", ")}${table.columns.length > names.length ? ", ..." : ""}`,
    });
  });
}
