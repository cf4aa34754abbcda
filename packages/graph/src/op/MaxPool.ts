import { defineOp, illegal } from "./op-definition.ts";
import { maxPoolGradient } from "./pool-gradient.ts";
import { poolWindows } from "./pooling.ts";
import { sharedType } from "./rule.ts";
import { SLIDING_RULES, slidingOf } from "./sliding.ts";

/** The largest of each window. The second output of ONNX, where it was, is not offered. */
export const MaxPool = defineOp({
  sinceFor: ({ attributes: { dilations, ceil_mode } }) =>
    dilations === undefined && ceil_mode === 0 ? 1 : 10,
  inputs: ["X"],
  attributes: {
    ...SLIDING_RULES,
    kernel_shape: { type: "ints", required: true },
    dilations: { type: "ints" },
    ceil_mode: { type: "int", default: 0 },
    storage_order: { type: "int", default: 0 },
  },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const { dims } = call.inputs[0]!;
    if (call.attributes.storage_order !== 0)
      throw illegal(call.who, "storage_order", "0", String(call.attributes.storage_order));
    const { lengths } = slidingOf(call.who, dims, call.attributes);
    return [{ elementType, dims: [...dims.slice(0, 2), ...lengths] }];
  },
  evaluate({ inputs, attributes }) {
    const x = inputs[0]!;
    return [
      poolWindows(x, slidingOf("MaxPool", x.dims, attributes), (values) =>
        values.reduce((most, value) => Math.max(most, value), -Infinity),
      ),
    ];
  },
  gradient: ({ g, who, inputs: [x], outputs: [y], attributes, gradients: [dy] }) => [
    maxPoolGradient(g, x!, y!, dy!, slidingOf(who, x!.dims, attributes)),
  ],
});
