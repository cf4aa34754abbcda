import type { TreeOpName } from "../../op/tree-ops.ts";
import type { Lowering, Unlowered } from "../lowering.ts";
import { lowerClassifier, lowerRegressor } from "./forest.ts";

/** How the operators that hold ensembles of trees are written into a table, or why not. */
export const TREE_LOWERINGS = {
  TreeEnsembleClassifier: lowerClassifier,
  TreeEnsembleRegressor: lowerRegressor,
} satisfies Record<TreeOpName, Lowering | Unlowered>;
