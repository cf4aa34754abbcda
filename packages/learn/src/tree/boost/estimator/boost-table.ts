import { treeTable, type TreeRows } from "../../bin/table-rows.ts";
import type { BinnedFeature } from "../../binned-table.ts";
import { isZero } from "../../model/zero.ts";
import type { TreeEnsemble, TreeFeature } from "../../tree-ensemble.ts";
import type { TreeColumn, TreeTable } from "../../tree-table.ts";

/** Binned features as an ensemble has them. */
export function featuresOf(features: readonly (BinnedFeature | TreeColumn)[]): readonly TreeFeature[] {
  return features.map((feature) =>
    feature.kind === "numeric"
      ? { kind: "numeric", name: feature.name }
      : { kind: "categorical", name: feature.name, categories: feature.categories },
  );
}

/** Rows with the columns named that are categories. */
function withCategorical(rows: TreeRows, categorical: readonly string[]): TreeRows {
  if (categorical.length === 0 || ("columns" in rows && Array.isArray(rows.columns))) return rows;
  const own = rows as Exclude<TreeRows, TreeTable>;
  return { ...own, categorical: [...new Set([...(own.categorical ?? []), ...categorical])] };
}

/** Whether a matrix's columns are known by their places alone. */
function isByPlace(rows: TreeRows): boolean {
  return "X" in rows && rows.names === undefined;
}

/**
 * The table to train on. With a model to go on from it has the model's columns first, with its categories (others are
 * missing), and then those that the model does not know.
 *
 * @throws as `treeTable`.
 */
export function trainingTable(
  rows: TreeRows,
  categorical: readonly string[],
  initial: TreeEnsemble | undefined,
): TreeTable {
  if (initial === undefined) return treeTable(withCategorical(rows, categorical));
  if (isByPlace(rows)) return zerosMissing(treeTable(rows, initial.features), initial.features);
  const known = new Map(initial.features.map((feature) => [feature.name, feature]));
  const given = "X" in rows ? rows.names! : namesOf(rows);
  const alike = given.filter((name) => known.get(name)?.kind === "categorical");
  const whole = treeTable(withCategorical(rows, [...new Set([...categorical, ...alike])]));
  const features = [...initial.features, ...featuresOf(whole.columns.filter(({ name }) => !known.has(name)))];
  return zerosMissing(treeTable(whole, features), initial.features);
}

function namesOf(rows: Exclude<TreeRows, { readonly X: unknown }>): readonly string[] {
  const { columns } = rows;
  return Array.isArray(columns)
    ? (columns as readonly TreeColumn[]).map(({ name }) => name)
    : Object.keys(columns);
}

/** A table whose zeros are NaN in columns where a model takes them for missing. */
function zerosMissing(table: TreeTable, features: readonly TreeFeature[]): TreeTable {
  const zeros = new Set(
    features.filter((feature) => feature.kind === "numeric" && feature.zeroIsMissing).map(({ name }) => name),
  );
  if (zeros.size === 0) return table;
  const columns = table.columns.map((column) =>
    column.kind === "numeric" && zeros.has(column.name)
      ? { ...column, values: Float64Array.from(column.values, (value) => (isZero(value) ? NaN : value)) }
      : column,
  );
  return { ...table, columns };
}

/** A table with a model's columns, for validation and prediction. */
export function modelTable(rows: TreeRows, features: readonly TreeFeature[]): TreeTable {
  return zerosMissing(treeTable(rows, features), features);
}
