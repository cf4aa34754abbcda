import { defineOp } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** The input, times `alpha` where it is less than 0. */
export const LeakyRelu = defineOp({
  inputs: ["X"],
  // 0.01 in single precision, as every attribute is.
  attributes: { alpha: { type: "float", default: Math.fround(0.01) } },
  infer: (call) => [{ elementType: sharedType(call, "a floating-point type"), dims: call.inputs[0]!.dims }],
  evaluate: ({ inputs, attributes: { alpha } }) => [inputs[0]!.values.map((x) => (x < 0 ? alpha * x : x))],
});
