import type { OpName } from "../../op/op-name.ts";
import { refused } from "../../known-walk.ts";
import type { TreeOpName } from "../../op/tree-ops.ts";
import { ELEMENTWISE_RULES } from "./lower/elementwise.ts";
import { MOVEMENT_RULES } from "./lower/movement.ts";
import { NETWORK_RULES } from "./lower/network.ts";
import { REDUCTION_RULES } from "./lower/reduction.ts";
import type { MilRule } from "./lowering.ts";

const trees = refused("a program has no trees", "the classic form (`writeMlModel`)");

const TREE_RULES = {
  TreeEnsembleClassifier: trees,
  TreeEnsembleRegressor: trees,
} satisfies Record<TreeOpName, MilRule>;

/** How each operator is written for an ML Program, or why it is not. One that is missing does not compile. */
export const MIL_RULES = {
  ...ELEMENTWISE_RULES,
  ...REDUCTION_RULES,
  ...MOVEMENT_RULES,
  ...NETWORK_RULES,
  ...TREE_RULES,
} satisfies Record<OpName, MilRule>;
