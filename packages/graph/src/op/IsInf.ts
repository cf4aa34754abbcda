import { defineOp, STEPWISE } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** Whether the input is infinite, of either sign that is looked for. */
export const IsInf = defineOp({
  since: 10,
  inputs: ["X"],
  attributes: {
    detect_negative: { type: "int", default: 1 },
    detect_positive: { type: "int", default: 1 },
  },
  infer(call) {
    sharedType(call, "a floating-point type");
    return [{ elementType: "bool", dims: call.inputs[0]!.dims }];
  },
  evaluate: ({ inputs, attributes: { detect_negative, detect_positive } }) => [
    inputs[0]!.values.map((x) =>
      Number((x === Infinity && detect_positive !== 0) || (x === -Infinity && detect_negative !== 0)),
    ),
  ],
  gradient: STEPWISE,
});
