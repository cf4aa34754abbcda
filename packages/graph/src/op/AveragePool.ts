import { defineOp } from "./op-definition.ts";
import { averagePoolGradient } from "./pool-gradient.ts";
import { poolWindows } from "./pooling.ts";
import { sharedType } from "./rule.ts";
import { POOL_RULES, slidingOf } from "./sliding.ts";

/** The mean of each window, over what lies inside of the input, or over its padding as zeros too. */
export const AveragePool = defineOp({
  sinceFor: ({ attributes: { ceil_mode, count_include_pad, dilations } }) =>
    dilations !== undefined ? 19 : ceil_mode !== 0 ? 10 : count_include_pad !== 0 ? 7 : 1,
  inputs: ["X"],
  attributes: { ...POOL_RULES, count_include_pad: { type: "int", default: 0 } },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const { dims } = call.inputs[0]!;
    const { lengths } = slidingOf(call.who, dims, call.attributes);
    return [{ elementType, dims: [...dims.slice(0, 2), ...lengths] }];
  },
  evaluate({ inputs, attributes }) {
    const x = inputs[0]!;
    const padded = attributes.count_include_pad !== 0;
    return [
      poolWindows(x, slidingOf("AveragePool", x.dims, attributes), (values, positions) => {
        const sum = values.reduce((total, value) => total + value, 0);
        return sum / (padded ? positions : values.length);
      }),
    ];
  },
  gradient({ g, who, inputs: [x], attributes, gradients: [dy] }) {
    const counted = attributes.count_include_pad !== 0;
    return [averagePoolGradient(g, x!, dy!, slidingOf(who, x!.dims, attributes), counted)];
  },
});
