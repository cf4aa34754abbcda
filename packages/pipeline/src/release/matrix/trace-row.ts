import type { OnnxModel } from "@tideline/graph";
import type { TracedBound } from "./matrix-report.ts";
import type { ModelRows } from "./model-row.ts";
import { featuresOf, nearBounds, type GraphTrees, type NearBound } from "./tree-bound.ts";

/**
 * Float32 numbers between a feature and a threshold at most, for the one to explain why trees decide otherwise: what scales a
 * column before the trees rounds two or three times, each runtime its own way.
 */
const MOST_ULPS = 4;

/** For each row the bound nearest to its way through the trees, or null where none is near. */
export function traceRows(
  model: OnnxModel,
  trees: readonly GraphTrees[],
  rows: ModelRows,
): readonly (NearBound | null)[] {
  if (rows.count === 0 || trees.length === 0) return [];
  const found = trees.map((one) => ({ one, ...featuresOf(model, one.input, rows) }));
  return Array.from({ length: rows.count }, (_, row) => {
    const near = found.flatMap(({ one, width, values }) =>
      nearBounds(one, Array.prototype.slice.call(values, row * width, (row + 1) * width), MOST_ULPS),
    );
    return near.toSorted((left, right) => left.ulps - right.ulps)[0] ?? null;
  });
}

/** Bounds with the rows that they explain, those of most rows first. */
export function groupBounds(traced: readonly (NearBound | null)[]): readonly TracedBound[] {
  const found = traced.filter((bound) => bound !== null);
  return [...Map.groupBy(found, ({ feature, threshold }) => `${feature}:${threshold}`).values()]
    .map((all) => ({
      feature: all[0]!.feature,
      threshold: all[0]!.threshold,
      ulps: Math.max(...all.map(({ ulps }) => ulps)),
      rows: all.length,
    }))
    .toSorted((left, right) => right.rows - left.rows || left.feature - right.feature);
}
