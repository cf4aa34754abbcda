import type { Dim } from "../onnx.ts";
import { sameElements } from "./gradient.ts";
import { defineOp } from "./op-definition.ts";
import { axesOf, constantOf, sharedType } from "./rule.ts";

/** Axes of length 1 put in; `axes` counts in the output. */
export const Unsqueeze = defineOp({
  since: 13,
  inputs: ["data", "axes"],
  attributes: {},
  infer(call) {
    const elementType = sharedType(call, "any type", call.inputs.slice(0, 1));
    const dims: Dim[] = [...call.inputs[0]!.dims];
    const given = constantOf(call, 1, "axes")!;
    const axes = axesOf(call, given, dims.length + given.length);
    for (const axis of axes.toSorted((a, b) => a - b)) dims.splice(axis, 0, 1);
    return [{ elementType, dims }];
  },
  evaluate: ({ inputs }) => [inputs[0]!.values.slice()],
  gradient: (call) => sameElements(call),
});
