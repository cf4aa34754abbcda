import { defineOp, illegal } from "./op-definition.ts";
import { poolWindows } from "./pooling.ts";
import { sharedType } from "./rule.ts";
import { POOL_RULES, slidingOf } from "./sliding.ts";

/** The p-norm of each window, padding counting as 0. */
export const LpPool = defineOp({
  since: 2,
  sinceFor: ({ attributes: { dilations, ceil_mode } }) =>
    dilations === undefined && ceil_mode === 0 ? 2 : 18,
  inputs: ["X"],
  attributes: { ...POOL_RULES, p: { type: "int", default: 2 } },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const { dims } = call.inputs[0]!;
    if (call.attributes.p < 1) throw illegal(call.who, "p", "at least 1", String(call.attributes.p));
    const { lengths } = slidingOf(call.who, dims, call.attributes);
    return [{ elementType, dims: [...dims.slice(0, 2), ...lengths] }];
  },
  evaluate({ inputs, attributes }) {
    const [x, p] = [inputs[0]!, attributes.p];
    return [
      poolWindows(
        x,
        slidingOf("LpPool", x.dims, attributes),
        (values) => values.reduce((sum, value) => sum + Math.abs(value) ** p, 0) ** (1 / p),
      ),
    ];
  },
  gradient: { none: "no net of ours pools by a norm, whose gradient is not defined where a window is 0" },
});
