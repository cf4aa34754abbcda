import type { GraphBuilder, Value } from "@tideline/graph";
import type { LogisticModel } from "./logistic-regression.ts";
import type { Standardiser } from "./standardise.ts";

/**
 * Adds a fitted standardiser to a graph: `(x - mean) * (1 / scale)`, in float32.
 *
 * @param x float32, [N, F]
 * @returns float32, [N, F]
 * @throws GRAPH_ILLEGAL when the width of `x` is known and differs.
 */
export function lowerStandardiser(g: GraphBuilder, x: Value, fitted: Standardiser): Value {
  const mean = g.constant(Float32Array.from(fitted.mean));
  const factor = g.constant(Float32Array.from(fitted.scale, (scale) => 1 / scale));
  return g.op("Mul", [g.op("Sub", [x, mean]), factor]);
}

/**
 * Adds a fitted logistic regression to a graph: Gemm, then Softmax, in float32.
 *
 * @param x float32, [N, F], as the model was trained on (standardised).
 * @returns the probabilities, float32, [N, K], in the order of `model.classes`.
 * @throws GRAPH_ILLEGAL when the width of `x` is known and differs.
 * @example
 * const g = graphBuilder("activity");
 * const x = g.input("features", "float32", ["N", model.features]);
 * g.output("probabilities", lowerLogistic(g, lowerStandardiser(g, x, fitted), model));
 */
export function lowerLogistic(g: GraphBuilder, x: Value, model: LogisticModel): Value {
  const { weights, intercepts } = model;
  const W = g.constant(Float32Array.from(weights.values), [weights.rows, weights.columns]);
  const b = g.constant(Float32Array.from(intercepts));
  return g.op("Softmax", [g.op("Gemm", [x, W, b])], { axis: -1 });
}
