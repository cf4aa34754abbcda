import { TreeEnsembleClassifier } from "./TreeEnsembleClassifier.ts";
import { TreeEnsembleRegressor } from "./TreeEnsembleRegressor.ts";
import type { OpDefinition } from "./op-definition.ts";

/** The names of the operators that hold ensembles of trees. */
export type TreeOpName = "TreeEnsembleClassifier" | "TreeEnsembleRegressor";

/** The operators that hold ensembles of trees. One that is missing here does not compile. */
export const TREE_OPS = {
  TreeEnsembleClassifier,
  TreeEnsembleRegressor,
} satisfies Record<TreeOpName, OpDefinition>;
