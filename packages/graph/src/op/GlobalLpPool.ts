import { elementCount } from "../onnx.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** The p-norm of each channel of `X[N, C, ...]`, `[N, C, 1, ...]`. */
export const GlobalLpPool = defineOp({
  since: 2,
  inputs: ["X"],
  attributes: { p: { type: "int", default: 2 } },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const { dims } = call.inputs[0]!;
    if (dims.length < 3) throw illegal(call.who, "X", "[N, C, ...]", formatInputs(call.inputs));
    if (call.attributes.p < 1) throw illegal(call.who, "p", "at least 1", String(call.attributes.p));
    return [{ elementType, dims: dims.map((dim, axis) => (axis < 2 ? dim : 1)) }];
  },
  evaluate({ inputs, attributes: { p } }) {
    const { dims, values } = inputs[0]!;
    const size = elementCount(dims.slice(2));
    return [
      Float64Array.from(
        { length: dims[0]! * dims[1]! },
        (_, at) =>
          values.subarray(at * size, (at + 1) * size).reduce((sum, x) => sum + Math.abs(x) ** p, 0) **
          (1 / p),
      ),
    ];
  },
  gradient: { none: "no net of ours pools by a norm, whose gradient is not defined where a channel is 0" },
});
