import type { OpName } from "../op/op-name.ts";
import { ELEMENTWISE_LOWERINGS } from "./lower/elementwise-lowerings.ts";
import { NETWORK_LOWERINGS } from "./lower/network-lowerings.ts";
import { REDUCTION_LOWERINGS } from "./lower/reduction-lowerings.ts";
import { SHAPE_LOWERINGS } from "./lower/shape-lowerings.ts";
import { TREE_LOWERINGS } from "./lower/tree-lowerings.ts";
import type { Lowering, Unlowered } from "./lowering.ts";

/** How each operator is written into a table. One that is missing does not compile. */
export const TABLE_LOWERINGS = {
  ...ELEMENTWISE_LOWERINGS,
  ...REDUCTION_LOWERINGS,
  ...SHAPE_LOWERINGS,
  ...NETWORK_LOWERINGS,
  ...TREE_LOWERINGS,
} satisfies Record<OpName, Lowering | Unlowered>;
