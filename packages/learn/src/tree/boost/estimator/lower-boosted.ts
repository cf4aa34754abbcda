import type { GraphBuilder, Value } from "@tideline/graph";
import { lowerEnsemble } from "../../model/lower-ensemble.ts";
import { lowerLink } from "../../model/tree-link.ts";
import type { BoostedModel } from "./boosted-model.ts";

/**
 * Adds fitted boosted trees to a graph, as one TreeEnsembleRegressor and its link.
 *
 * @param x float32, [N, F], in the order of `model.ensemble.features`; categories as their codes: `featureMatrix`
 * @returns float32: of a classifier its probabilities, [N, K], else numbers, [N, 1]
 * @throws as `lowerEnsemble`.
 * @example
 * const g = graphBuilder("activity");
 * const x = g.input("features", "float32", ["N", model.features]);
 * g.output("probabilities", lowerBoosted(g, x, model));
 */
export function lowerBoosted(
  g: GraphBuilder,
  x: Value,
  model: Pick<BoostedModel, "ensemble" | "link">,
): Value {
  return lowerLink(g, lowerEnsemble(g, x, model.ensemble), model.link);
}
