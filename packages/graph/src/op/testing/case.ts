import type { OpName } from "../op-name.ts";
import { BASIC_CASES } from "./basic-case.ts";
import { EINSUM_CASES } from "./einsum-case.ts";
import { ELEMENTWISE_CASES } from "./elementwise-case.ts";
import { FOREST_CASES } from "./forest-case.ts";
import { LOSS_CASES } from "./loss-case.ts";
import { NETWORK_CASES } from "./network-case.ts";
import type { Cases } from "./op-case.ts";
import { QUANTISATION_CASES } from "./quantisation-case.ts";
import { REDUCTION_CASES } from "./reduction-case.ts";
import { RESIZE_CASES } from "./resize-case.ts";
import { SHAPE_CASES } from "./shape-case.ts";

/** Generated applications of every operator. One that is missing does not compile. */
export const OP_CASES = {
  ...BASIC_CASES,
  ...ELEMENTWISE_CASES,
  ...REDUCTION_CASES,
  ...SHAPE_CASES,
  ...NETWORK_CASES,
  ...FOREST_CASES,
  ...LOSS_CASES,
  ...RESIZE_CASES,
  ...EINSUM_CASES,
  ...QUANTISATION_CASES,
} satisfies Record<OpName, Cases>;
