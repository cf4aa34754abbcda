import { tidelineError } from "@tideline/spec";
import { treeTable, type TreeRows } from "../bin/table-rows.ts";
import { isZero } from "../model/zero.ts";
import type { TreeEnsemble, TreeFeature } from "../tree-ensemble.ts";
import type { TreeColumn, TreeTable } from "../tree-table.ts";

/** A column as branches see it: numbers, or the ensemble's codes; NaN is missing. [rows] */
export type AskedColumn = Float64Array;

/**
 * The columns that an ensemble asks, in the order of its features, categories by its codes.
 *
 * @throws NOT_ENOUGH_DATA without rows; else what `treeTable` throws: ARGUMENT_INVALID for a column that is not there or of
 *   the other kind, DATA_MALFORMED for a value that it cannot hold.
 */
export function askedTable(who: string, ensemble: Pick<TreeEnsemble, "features">, rows: TreeRows): TreeTable {
  const table = treeTable(rows, ensemble.features);
  if (table.rows > 0) return table;
  throw tidelineError("NOT_ENOUGH_DATA", {
    who,
    field: "rows",
    expected: "at least one row",
    received: "0 rows",
  });
}

/** The rows `from .. to` of an {@link askedTable}. */
export function askedColumns(
  { features }: Pick<TreeEnsemble, "features">,
  table: TreeTable,
  from = 0,
  to: number = table.rows,
): readonly AskedColumn[] {
  return table.columns.map((column, at) => askedColumn(features[at]!, column, from, to));
}

function askedColumn(feature: TreeFeature, column: TreeColumn, from: number, to: number): AskedColumn {
  if (column.kind === "numeric") {
    const values = Float64Array.from(column.values.subarray(from, to));
    if (feature.kind === "categorical" || feature.zeroIsMissing !== true) return values;
    return values.map((value) => (isZero(value) ? NaN : value));
  }
  const known = column.categories.length;
  return Float64Array.from(column.codes.subarray(from, to), (code) =>
    code >= 0 && code < known ? code : NaN,
  );
}

/**
 * The place of a feature of an ensemble, by its name.
 *
 * @throws ARGUMENT_INVALID for a name that the ensemble does not have, with those that it has.
 */
export function featureIndex(
  who: string,
  { features }: { readonly features: readonly { readonly name: string }[] },
  name: string,
): number {
  const at = features.findIndex((feature) => feature.name === name);
  if (at >= 0) return at;
  const names = features.slice(0, 20).map((feature) => JSON.stringify(feature.name));
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "feature",
    expected: `one of ${names.join(", ")}${features.length > 20 ? ", ..." : ""}`,
    received: JSON.stringify(name),
  });
}
