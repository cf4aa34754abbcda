import { rawScores } from "../../model/raw-scores.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";
import type { TreeColumn, TreeTable } from "../../tree-table.ts";
import { outputScales } from "../../model/output-scale.ts";
import type { GridColumn } from "./dependence-axis.ts";

/** Scores of all rows with each value in turn. Trees that do not ask the features are asked once. */
export function rowDependence(
  ensemble: TreeEnsemble,
  table: TreeTable,
  grid: readonly GridColumn[],
  ice: boolean,
): { readonly mean: Float64Array; readonly ice: Float64Array | undefined } {
  const { outputs } = ensemble;
  const { rows } = table;
  const asked = new Set(grid.map(({ at }) => at));
  const asks = ensemble.trees.map(({ feature }) => feature.some((at) => asked.has(at)));
  const scales = outputScales(ensemble);
  const constant = scaledScores(part(ensemble, asks, false), table, scales);
  const varied = part(ensemble, asks, true);
  const points = grid.reduce((product, { values }) => product * values.length, 1);
  const mean = new Float64Array(outputs * points);
  const curves = ice ? new Float64Array(rows * outputs * points) : undefined;
  for (let point = 0; point < points; point++) {
    const scores = scaledScores(varied, withPoint(table, grid, point), scales);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < outputs; k++) {
        const score = ensemble.base[k]! + constant[row * outputs + k]! + scores[row * outputs + k]!;
        mean[k * points + point]! += score;
        if (curves !== undefined) curves[(row * outputs + k) * points + point] = score;
      }
    }
  }
  for (let at = 0; at < mean.length; at++) mean[at]! /= rows;
  return { mean, ice: curves };
}

/** The trees that ask, or those that do not, as sums from 0. */
function part(ensemble: TreeEnsemble, asks: readonly boolean[], asking: boolean): TreeEnsemble {
  const places = asks.flatMap((yes, at) => (yes === asking ? [at] : []));
  return {
    ...ensemble,
    trees: places.map((at) => ensemble.trees[at]!),
    target: Int32Array.from(places, (at) => ensemble.target[at]!),
    base: new Float64Array(ensemble.outputs),
    average: false,
  };
}

function scaledScores(ensemble: TreeEnsemble, table: TreeTable, scales: Float64Array): Float64Array {
  const scores = Float64Array.from(rawScores(ensemble, table).values);
  for (let at = 0; at < scores.length; at++) scores[at]! *= scales[at % scales.length]!;
  return scores;
}

/** The table with the values of a point of the grid in all rows; the last feature's values go by first. */
function withPoint(table: TreeTable, grid: readonly GridColumn[], point: number): TreeTable {
  const columns = [...table.columns];
  let rest = point;
  for (const { at, column, values } of grid.toReversed()) {
    columns[at] = filled(column, rest % values.length, table.rows);
    rest = Math.floor(rest / values.length);
  }
  return { rows: table.rows, columns };
}

function filled(column: TreeColumn, at: number, rows: number): TreeColumn {
  if (column.kind === "numeric")
    return { ...column, values: new Float64Array(rows).fill(column.values[at]!) };
  return { ...column, codes: new Int32Array(rows).fill(column.codes[at]!) };
}
