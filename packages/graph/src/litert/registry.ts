import type { OpName } from "../op/op-name.ts";
import { ELEMENTWISE_RULES } from "./lower/elementwise.ts";
import { MOVEMENT_RULES } from "./lower/movement.ts";
import { NETWORK_RULES } from "./lower/network.ts";
import { REDUCTION_RULES } from "./lower/reduction.ts";
import { TREE_RULES } from "./lower/tree.ts";
import type { LiteRule } from "./lowering.ts";

/** How each operator is written for LiteRT, or why it is not. One that is missing does not compile. */
export const LITERT_RULES = {
  ...ELEMENTWISE_RULES,
  ...REDUCTION_RULES,
  ...MOVEMENT_RULES,
  ...NETWORK_RULES,
  ...TREE_RULES,
} satisfies Record<OpName, LiteRule>;
