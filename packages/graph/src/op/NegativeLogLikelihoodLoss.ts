import { CLASS_LOSS_RULES, classLoss, classLossSlope, classLossType } from "./class-loss.ts";
import { defineOp } from "./op-definition.ts";

/**
 * The negated logarithm of each target's probability, from logarithms `[N, C, ...]` and classes `[N, ...]`, weighted by
 * class where `weight` is given: each, summed, or (by default) their weighted mean. Targets that are `ignore_index` do not
 * count.
 */
export const NegativeLogLikelihoodLoss = defineOp({
  since: 12,
  inputs: ["input", "target", "weight"],
  optional: 1,
  attributes: CLASS_LOSS_RULES,
  infer: (call) => [classLossType(call)],
  evaluate: (call) => [classLoss(call.inputs[0]!, call)],
  gradient(call) {
    const { onLogs, onWeight } = classLossSlope(call, call.inputs[0]!, call.outputs[0]!, call.gradients[0]!);
    return [call.wanted[0] ? onLogs : undefined, undefined, onWeight];
  },
});
