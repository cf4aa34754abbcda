import type { OpName } from "../op-name.ts";
import { BASIC_CASES } from "./basic-case.ts";
import { ELEMENTWISE_CASES } from "./elementwise-case.ts";
import { FOREST_CASES } from "./forest-case.ts";
import { NETWORK_CASES } from "./network-case.ts";
import type { Cases } from "./op-case.ts";
import { REDUCTION_CASES } from "./reduction-case.ts";
import { SHAPE_CASES } from "./shape-case.ts";

/** Generated applications of every operator. One that is missing does not compile. */
export const OP_CASES = {
  ...BASIC_CASES,
  ...ELEMENTWISE_CASES,
  ...REDUCTION_CASES,
  ...SHAPE_CASES,
  ...NETWORK_CASES,
  ...FOREST_CASES,
} satisfies Record<OpName, Cases>;
