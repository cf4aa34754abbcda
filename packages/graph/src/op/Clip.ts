import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** `min(max(input, min), max)` with scalar bounds, either of which may be left out. */
export const Clip = defineOp({
  inputs: ["input", "min", "max"],
  optional: 2,
  attributes: {},
  infer(call) {
    const [input, ...bounds] = call.inputs;
    if (bounds.some((bound) => bound !== undefined && bound.dims.length > 0))
      throw illegal(call.who, "min and max", "scalars", formatInputs(bounds));
    return [{ elementType: sharedType(call, "a numeric type"), dims: input!.dims }];
  },
  evaluate({ inputs: [input, min, max] }) {
    const low = min?.values[0] ?? -Infinity;
    const high = max?.values[0] ?? Infinity;
    return [input!.values.map((x) => Math.min(Math.max(x, low), high))];
  },
});
