import { broadcast, forEachIndex, offsetOf } from "../shape.ts";
import { formatDims } from "../onnx.ts";
import { sumTo } from "./gradient.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { lengthsOf, sharedType } from "./rule.ts";

/** The input repeated along axes of length 1 and new leading ones, until it has the shape that both broadcast to. */
export const Expand = defineOp({
  since: 8,
  inputs: ["input", "shape"],
  attributes: {},
  infer(call) {
    const elementType = sharedType(call, "any type", call.inputs.slice(0, 1));
    const { dims } = call.inputs[0]!;
    const shape = lengthsOf(call, 1, "shape");
    const wide = broadcast(dims, shape);
    if (wide === undefined || shape.some((dim) => typeof dim === "number" && dim < 0))
      throw illegal(call.who, "shape", `one that ${formatDims(dims)} broadcasts to`, formatDims(shape));
    return [{ elementType, dims: wide }];
  },
  evaluate({ inputs, outputs }) {
    const { dims, values } = inputs[0]!;
    const wide: number[] = [];
    forEachIndex(outputs[0]!.dims, (index) => wide.push(values[offsetOf(index, dims)]!));
    return [Float64Array.from(wide)];
  },
  gradient: ({ g, inputs, gradients }) => [sumTo(g, gradients[0]!, inputs[0]!)],
});
