import { formatDims } from "../onnx.ts";
import { sameElements } from "./gradient.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { reducedDims } from "./reduction.ts";
import { axesOf, constantOf, sharedType } from "./rule.ts";

/** Axes of length 1 taken out; all of them when none is named, for which every length must be known. */
export const Squeeze = defineOp({
  since: 13,
  inputs: ["data", "axes"],
  optional: 1,
  attributes: {},
  infer(call) {
    const elementType = sharedType(call, "any type", call.inputs.slice(0, 1));
    const { dims } = call.inputs[0]!;
    const given = constantOf(call, 1, "axes");
    if (given === undefined && dims.some((dim) => typeof dim === "string"))
      throw illegal(call.who, "axes", "axes by number, where a length is only named", formatDims(dims));
    const axes =
      given === undefined
        ? dims.flatMap((dim, axis) => (dim === 1 ? [axis] : []))
        : axesOf(call, given, dims.length);
    if (axes.some((axis) => dims[axis] !== 1))
      throw illegal(call.who, "axes", "axes of length 1", `${formatDims(axes)} of ${formatDims(dims)}`);
    return [{ elementType, dims: reducedDims(dims, axes, false) }];
  },
  evaluate: ({ inputs }) => [inputs[0]!.values.slice()],
  gradient: (call) => sameElements(call),
});
