import { unsupported } from "../unsupported.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/**
 * The input, unchanged, and a mask that keeps all of it: what dropout is outside of training, and in training with a
 * ratio of 0. A graph that drops at random is refused; training steps are fed their random numbers instead.
 */
export const Dropout = defineOp({
  since: 12,
  inputs: ["data", "ratio", "training_mode"],
  optional: 2,
  attributes: { seed: { type: "int", default: 0 } },
  infer(call) {
    const [x, ratio, training] = call.inputs;
    const elementType = sharedType(call, "a floating-point type", [x]);
    if (training !== undefined && training.elementType !== "bool")
      throw illegal(call.who, "training_mode", "bool", formatInputs([training]));
    const drops = ratio === undefined || ratio.constant === undefined || ratio.constant[0] !== 0;
    if (drops && training !== undefined && training.constant?.[0] !== 0)
      throw unsupported(call.who, "training_mode constant and false", "dropout at random");
    const dims = x!.dims;
    return [
      { elementType, dims },
      { elementType: "bool", dims },
    ];
  },
  evaluate: ({ inputs: [x] }) => [x!.values.slice(), x!.values.map(() => 1)],
  gradient: ({ gradients: [dy] }) => [dy],
});
