import { FOREST_RULES, readForest, sumOfTrees, type Forest } from "./forest.ts";
import { TREE_STEPS, defineOp, formatInputs, illegal, type ResolvedAttributes } from "./op-definition.ts";

const RULES = {
  ...FOREST_RULES,
  aggregate_function: { type: "string", default: "SUM" },
  // ONNX gives it no default, and runtimes refuse a model without it.
  n_targets: { type: "int", required: true },
  target_ids: { type: "ints", required: true },
  target_nodeids: { type: "ints", required: true },
  target_treeids: { type: "ints", required: true },
  target_weights: { type: "floats", required: true },
} as const;

/** The trees of a regressor. @throws GRAPH_ILLEGAL */
export function regressorForest(
  who: string,
  attributes: ResolvedAttributes<typeof RULES>,
  features: number,
): Forest {
  const { target_treeids, target_nodeids, target_ids, target_weights, n_targets } = attributes;
  const weights = {
    trees: target_treeids,
    nodes: target_nodeids,
    targets: target_ids,
    weights: target_weights,
  };
  return readForest(who, attributes, weights, { features, targets: n_targets });
}

/** The sum or the average of decision trees over `X[N, F]`, plus the base values: `[N, n_targets]`. */
export const TreeEnsembleRegressor = defineOp({
  domain: "ai.onnx.ml",
  inputs: ["X"],
  attributes: RULES,
  infer(call) {
    const x = call.inputs[0]!;
    const { aggregate_function, n_targets, base_values, post_transform } = call.attributes;
    if (x.elementType !== "float32" || x.dims.length !== 2 || typeof x.dims[1] !== "number")
      throw illegal(call.who, "X", "float32 [N, F] of known width", formatInputs([x]));
    if (aggregate_function !== "SUM" && aggregate_function !== "AVERAGE")
      throw illegal(call.who, "aggregate_function", "SUM or AVERAGE", aggregate_function);
    if (post_transform !== "NONE")
      throw illegal(call.who, "post_transform", "NONE, and what follows as nodes of its own", post_transform);
    if (n_targets < 1 || (base_values.length !== 0 && base_values.length !== n_targets))
      throw illegal(call.who, "base_values", `none or ${n_targets}`, String(base_values.length));
    regressorForest(call.who, call.attributes, x.dims[1]);
    return [{ elementType: "float32", dims: [x.dims[0]!, n_targets] }];
  },
  evaluate({ inputs, attributes }) {
    const { dims, values } = inputs[0]!;
    const [rows, width] = dims as readonly [number, number];
    const forest = regressorForest("TreeEnsembleRegressor", attributes, width);
    const { n_targets, base_values, aggregate_function } = attributes;
    const divisor = aggregate_function === "AVERAGE" ? forest.roots.length : 1;
    const result = new Float64Array(rows * n_targets);
    for (let row = 0; row < rows; row++)
      result.set(
        sumOfTrees(forest, values.subarray(row * width, (row + 1) * width), n_targets).map(
          (sum, target) => sum / divisor + (base_values[target] ?? 0),
        ),
        row * n_targets,
      );
    return [result];
  },
  gradient: TREE_STEPS,
});
