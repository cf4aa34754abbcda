import type { GraphBuilder, Value } from "@tideline/graph";
import { lowerEnsemble } from "../model/lower-ensemble.ts";
import type { ForestClassifier, ForestRegressor } from "./forest-model.ts";

/**
 * Adds a fitted forest to a graph, as one TreeEnsembleRegressor.
 *
 * @param x float32, [N, F], in the order of `model.ensemble.features`; categories as their codes
 * @returns float32: of a classifier its probabilities, [N, K], else numbers, [N, 1]
 * @throws as `lowerEnsemble`.
 * @example
 * const g = graphBuilder("activity");
 * const x = g.input("features", "float32", ["N", model.features]);
 * g.output("probabilities", lowerForest(g, x, model));
 */
export function lowerForest(g: GraphBuilder, x: Value, model: ForestClassifier | ForestRegressor): Value {
  const scores = lowerEnsemble(g, x, model.ensemble);
  if (!("classes" in model) || model.ensemble.outputs > 1) return scores;
  const first = g.op("Sub", [g.constant(Float32Array.of(1)), scores]);
  return g.op("Concat", [first, scores], { axis: 1 });
}
