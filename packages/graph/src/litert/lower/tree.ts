import type { TreeOpName } from "../../op/tree-ops.ts";
import { refused, type LiteRule } from "../lowering.ts";

const later = refused("not written yet", "a model table or ONNX Runtime");

/** How ensembles of trees are written. */
export const TREE_RULES = {
  TreeEnsembleClassifier: later,
  TreeEnsembleRegressor: later,
} satisfies Record<TreeOpName, LiteRule>;
