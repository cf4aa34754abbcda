import { elementCount } from "../onnx.ts";
import { defineOp, formatInputs, illegal, type GradientRule, type OpDefinition } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** A reduction of each channel of `X[N, C, ...]` to one value, `[N, C, 1, ...]`. */
export function globalPool(
  reduce: (values: Float64Array) => number,
  gradient: GradientRule<Record<never, never>>,
): OpDefinition<Record<never, never>> {
  return defineOp({
    inputs: ["X"],
    attributes: {},
    infer(call) {
      const elementType = sharedType(call, "a floating-point type");
      const { dims } = call.inputs[0]!;
      if (dims.length < 3) throw illegal(call.who, "X", "[N, C, ...]", formatInputs(call.inputs));
      return [{ elementType, dims: dims.map((dim, axis) => (axis < 2 ? dim : 1)) }];
    },
    evaluate({ inputs }) {
      const { dims, values } = inputs[0]!;
      const size = elementCount(dims.slice(2));
      return [
        Float64Array.from({ length: dims[0]! * dims[1]! }, (_, at) =>
          reduce(values.subarray(at * size, (at + 1) * size)),
        ),
      ];
    },
    gradient,
  });
}
