import type { GraphBuilder, Value } from "@tideline/graph";

/** A sum of weights below this counts as none: the mean is then 0, not 0 / 0. */
const NO_WEIGHT = 1e-30;

/** A sum over rows and columns divided by the total of the weights: scalar. */
export function overTotal(g: GraphBuilder, sum: Value, weights: Value): Value {
  const total = g.op("ReduceSum", [weights], { keepdims: 0 });
  return g.op("Div", [sum, g.op("Max", [total, g.scalar(NO_WEIGHT)])]);
}

/** The mean of rows [batch] weighted by [batch]: scalar. */
export function weightedMean(g: GraphBuilder, rows: Value, weights: Value): Value {
  return overTotal(g, g.op("ReduceSum", [g.op("Mul", [rows, weights])], { keepdims: 0 }), weights);
}
