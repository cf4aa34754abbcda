import { productOf } from "../shape.ts";
import { sameElements } from "./gradient.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** Two axes: all before `axis` as one, and all from it on. */
export const Flatten = defineOp({
  // 1 with axes counted from the front, 9 for integers.
  since: 11,
  inputs: ["input"],
  attributes: { axis: { type: "int", default: 1 } },
  infer(call) {
    const { dims } = call.inputs[0]!;
    const { axis } = call.attributes;
    if (axis < -dims.length || axis > dims.length)
      throw illegal(call.who, "axis", `one from ${-dims.length} to ${dims.length}`, String(axis));
    const at = axis < 0 ? axis + dims.length : axis;
    return [
      {
        elementType: sharedType(call, "any type"),
        dims: [productOf(dims.slice(0, at)), productOf(dims.slice(at))],
      },
    ];
  },
  evaluate: ({ inputs }) => [inputs[0]!.values.slice()],
  gradient: (call) => sameElements(call),
});
