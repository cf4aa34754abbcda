import { defineOp, STEPWISE } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** Whether the input is not a number. */
export const IsNaN = defineOp({
  since: 9,
  inputs: ["X"],
  attributes: {},
  infer(call) {
    sharedType(call, "a floating-point type");
    return [{ elementType: "bool", dims: call.inputs[0]!.dims }];
  },
  evaluate: ({ inputs }) => [inputs[0]!.values.map((x) => Number(Number.isNaN(x)))],
  gradient: STEPWISE,
});
