import type { TreeRows } from "../../bin/table-rows.ts";
import type { TreeCategory, TreeEnsemble } from "../../tree-ensemble.ts";
import { askedColumns, askedTable, type AskedColumn } from "../asked-column.ts";
import { checkCover } from "../cover.ts";
import { correlation, type Correlation } from "./correlation.ts";
import { featureNames, shapOfColumns, type ShapOptions, type ShapValues } from "./shap-values.ts";

/** What a feature does to an output, over rows. */
export interface FeatureEffect {
  readonly feature: string;
  /** Mean size of its Shapley values, in the unit of raw scores. */
  readonly meanAbsolute: number;
  /** Of all features' sum; 0 where that is 0. */
  readonly share: number;
  /** Mean of its Shapley values. */
  readonly mean: number;
  /**
   * Correlation (Pearson's) of its numbers with their Shapley values where they are not missing: near 1 larger values raise
   * the score, near -1 they lower it, near 0 neither in one direction. Undefined for categories, and for what does not vary.
   */
  readonly direction: number | undefined;
  /** For a categorical feature, what each category that occurs adds in the mean; null stands for what is missing. */
  readonly categories: readonly CategoryEffect[] | undefined;
}

/** What a category adds to an output. */
export interface CategoryEffect {
  readonly category: TreeCategory;
  readonly rows: number;
  readonly mean: number;
}

/** {@link FeatureEffect}s of all outputs. */
export interface ShapSummary {
  readonly rows: number;
  /** [outputs][features] */
  readonly outputs: readonly (readonly FeatureEffect[])[];
}

/** Rows whose Shapley values are held at once. */
const BLOCK = 1024;

/**
 * What each feature does, without its interactions: mean size and direction of its Shapley values over rows. Rows are gone
 * through a block at a time, so that there may be many.
 *
 * @throws as {@link shapValues}.
 * @example
 * const [effects] = shapSummary(model.ensemble, { X }).outputs;
 * effects!.toSorted((a, b) => b.meanAbsolute - a.meanAbsolute)[0]; // { feature: "age", direction: 0.9, ... }
 */
export function shapSummary(
  ensemble: TreeEnsemble,
  rows: TreeRows,
  { cover = "count" }: ShapOptions = {},
): ShapSummary {
  const who = "shapSummary";
  checkCover(who, cover);
  const table = askedTable(who, ensemble, rows);
  const names = featureNames(ensemble);
  const tallies = Array.from({ length: ensemble.outputs }, () =>
    ensemble.features.map((feature) =>
      tally(feature.kind === "categorical" ? feature.categories : undefined),
    ),
  );
  for (let from = 0; from < table.rows; from += BLOCK) {
    const to = Math.min(table.rows, from + BLOCK);
    const columns = askedColumns(ensemble, table, from, to);
    const shap = shapOfColumns(who, ensemble, columns, to - from, cover);
    for (const [output, features] of tallies.entries())
      for (const [at, feature] of features.entries()) take(feature, columns[at]!, shap, output, at);
  }
  const outputs = tallies.map((features) => {
    const total = features.reduce((sum, { size }) => sum + size, 0);
    return Object.freeze(features.map((own, at) => effectOf(names[at]!, own, total, table.rows)));
  });
  return Object.freeze({ rows: table.rows, outputs: Object.freeze(outputs) });
}

interface Tally {
  size: number;
  sum: number;
  readonly along: Correlation;
  readonly categories: readonly TreeCategory[] | undefined;
  /** By code; missing behind all. */
  readonly counts: Float64Array;
  readonly sums: Float64Array;
}

function tally(categories: readonly TreeCategory[] | undefined): Tally {
  const codes = (categories?.length ?? -1) + 1;
  const counts = new Float64Array(codes);
  return { size: 0, sum: 0, along: correlation(), categories, counts, sums: new Float64Array(codes) };
}

function take(own: Tally, column: AskedColumn, shap: ShapValues, output: number, feature: number): void {
  const width = shap.features.length;
  const last = own.counts.length - 1;
  for (let row = 0; row < column.length; row++) {
    const value = shap.values[(row * shap.outputs + output) * width + feature]!;
    const x = column[row]!;
    own.size += Math.abs(value);
    own.sum += value;
    if (own.categories === undefined) {
      if (Number.isFinite(x)) own.along.add(x, value);
      continue;
    }
    const code = Number.isNaN(x) ? last : x;
    own.counts[code]!++;
    own.sums[code]! += value;
  }
}

function effectOf(feature: string, own: Tally, total: number, rows: number): FeatureEffect {
  const { size, sum, along, categories, counts, sums } = own;
  return Object.freeze({
    feature,
    meanAbsolute: size / rows,
    share: total === 0 ? 0 : size / total,
    mean: sum / rows,
    direction: along.value(),
    categories:
      categories &&
      Object.freeze(
        [...categories, null]
          .map((category, code) => ({ category, rows: counts[code]!, mean: sums[code]! / counts[code]! }))
          .filter((effect) => effect.rows > 0)
          .map((effect) => Object.freeze(effect)),
      ),
  });
}
