import type { TreeRows } from "../../bin/table-rows.ts";
import type { Tree, TreeEnsemble } from "../../tree-ensemble.ts";
import { askedColumns, askedTable, type AskedColumn } from "../asked-column.ts";
import { checkCover } from "../cover.ts";
import { outputScales } from "../../model/output-scale.ts";
import type { ShapSink } from "./add-tree-shap.ts";
import { askedByBranch, followRow } from "./branch-case.ts";
import { shapPlan, type ShapPlan } from "./shap-plan.ts";
import { checkAnswerSize, shapOfColumns, type ShapOptions, type ShapValues } from "./shap-values.ts";
import { lastAsked } from "./tree-path.ts";

/**
 * Shapley values split into pairs: entry (i, j) of a row is half of what i and j do together and not alone, (i, i) what is
 * left to i, so that the entries of i add up to its Shapley value (S. Lundberg et al., 2020, section "SHAP interaction
 * values"; the index is K. Fujimoto's, M. Grabisch's, 1999). As second derivatives of the multilinear extension they are
 * integrated by the same rule as {@link shapValues}. O(leaves x depth^2) a row and tree.
 *
 * @returns values [rows, outputs, features, features], symmetric.
 * @throws as {@link shapValues}; ARGUMENT_INVALID for more than 2^28 numbers.
 * @example
 * const { values } = shapInteractions(model.ensemble, { X });
 */
export function shapInteractions(
  ensemble: TreeEnsemble,
  rows: TreeRows,
  { cover = "count" }: ShapOptions = {},
): ShapValues {
  const who = "shapInteractions";
  checkCover(who, cover);
  const table = askedTable(who, ensemble, rows);
  const { outputs, trees } = ensemble;
  const features = ensemble.features.length;
  checkAnswerSize(who, table.rows * outputs * features * features);
  const columns = askedColumns(ensemble, table);
  const single = shapOfColumns(who, ensemble, columns, table.rows, cover);
  const values = new Float64Array(single.values.length * features);
  const scales = outputScales(ensemble);
  for (const [at, tree] of trees.entries()) {
    const target = Math.max(0, ensemble.target[at]!);
    const sink = { values, outputs, features, target, scale: scales[target]! };
    addPairs(shapPlan(who, tree, cover), columns, table.rows, sink);
  }
  for (let at = 0; at < single.values.length; at++) {
    let alone = single.values[at]!;
    for (let other = 0; other < features; other++) alone -= values[at * features + other]!;
    values[at * features + (at % features)] = alone;
  }
  return Object.freeze({ ...single, values });
}

/** Adds one tree's pairs of all rows, each pair to both of its entries. */
function addPairs(plan: ShapPlan, columns: readonly AskedColumn[], rows: number, sink: ShapSink): void {
  const { tree, points, branches, leaves, parent } = plan;
  const asked = askedByBranch(plan, columns);
  const hot = new Uint8Array(tree.feature.length).fill(1);
  const cases = new Uint8Array(branches.length);
  const ways = Array.from(leaves, (leaf) => lastAsked(tree, plan, leaf));
  const entries = new Float64Array(ways.reduce((most, way) => Math.max(most, way.length), 0) * points);
  const weights = new Float64Array(points);
  for (let row = 0; row < rows; row++) {
    followRow(plan, asked, row, hot, cases);
    for (const [place, way] of ways.entries()) {
      enter(plan, way, hot, entries, weights);
      for (let i = 1; i < way.length; i++) {
        const one = tree.feature[parent[way[i]!]!]!;
        for (let j = 0; j < i; j++) {
          const other = tree.feature[parent[way[j]!]!]!;
          let sum = 0;
          for (let q = 0; q < points; q++)
            sum += weights[q]! * entries[i * points + q]! * entries[j * points + q]!;
          addPair(sink, row, tree, leaves[place]!, sum, one, other);
        }
      }
    }
  }
}

/** What each feature of a way is in the derivative of its product, and the products themselves. */
function enter(
  { rule, points, passed }: ShapPlan,
  way: readonly number[],
  hot: Uint8Array,
  entries: Float64Array,
  weights: Float64Array,
): void {
  for (let q = 0; q < points; q++) {
    const t = rule.points[q]!;
    let product = rule.weights[q]! / 2;
    for (let i = 0; i < way.length; i++) {
      const node = way[i]!;
      const share = passed[node]!;
      const factor = hot[node]! * t + (1 - t) * share;
      product *= factor;
      entries[i * points + q] = hot[node] === 1 ? (1 - share) / factor : -1 / (1 - t);
    }
    weights[q] = product;
  }
}

function addPair(
  { values, outputs, features, target, scale }: ShapSink,
  row: number,
  { width, value }: Tree,
  leaf: number,
  sum: number,
  one: number,
  other: number,
): void {
  for (let k = 0; k < width; k++) {
    const into = (row * outputs + target + k) * features;
    const share = sum * scale * value[leaf * width + k]!;
    values[(into + one) * features + other]! += share;
    values[(into + other) * features + one]! += share;
  }
}
