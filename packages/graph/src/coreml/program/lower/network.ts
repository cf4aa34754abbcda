import type { NetworkOpName } from "../../../op/network-ops.ts";
import { refused, type MilRule } from "../lowering.ts";
import { CONVOLUTION_RULES } from "./convolution.ts";
import { NORMALISATION_RULES } from "./normalisation.ts";
import { POOLING_RULES } from "./pooling.ts";
import { RECURRENCE_RULES } from "./recurrence.ts";
import { RESIZE_RULES } from "./resize.ts";

const loss = refused("a loss is for training", "the graph without it");

/** How layers of nets are written. */
export const NETWORK_RULES = {
  ...CONVOLUTION_RULES,
  ...NORMALISATION_RULES,
  ...POOLING_RULES,
  ...RECURRENCE_RULES,
  ...RESIZE_RULES,
  NegativeLogLikelihoodLoss: loss,
  SoftmaxCrossEntropyLoss: loss,
} satisfies Record<NetworkOpName, MilRule>;
