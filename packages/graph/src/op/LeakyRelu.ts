import { scalarLike } from "./gradient.ts";
import { defineOp } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** The input, times `alpha` where it is less than 0. Its gradient at 0 is `alpha`, as in PyTorch. */
export const LeakyRelu = defineOp({
  since: 6,
  inputs: ["X"],
  // 0.01 in single precision, as every attribute is.
  attributes: { alpha: { type: "float", default: Math.fround(0.01) } },
  infer: (call) => [{ elementType: sharedType(call, "a floating-point type"), dims: call.inputs[0]!.dims }],
  evaluate: ({ inputs, attributes: { alpha } }) => [inputs[0]!.values.map((x) => (x < 0 ? alpha * x : x))],
  gradient: ({ g, inputs: [x], gradients: [dy], attributes: { alpha } }) => {
    const above = g.op("Greater", [x, scalarLike(g, x!, 0)]);
    // Choosing between two numbers takes onnxruntime half as long as choosing between two tensors.
    return [g.op("Mul", [dy, g.op("Where", [above, scalarLike(g, x!, 1), scalarLike(g, x!, alpha)])])];
  },
});
