import { elementCount, formatDims } from "../onnx.ts";
import { defineOp, illegal, NO_FLOATS } from "./op-definition.ts";
import { lengthsOf } from "./rule.ts";

/** One number in every place of a shape; `value` holds it, a float32 zero by default. */
export const ConstantOfShape = defineOp({
  since: 9,
  inputs: ["input"],
  attributes: { value: { type: "tensor" } },
  infer(call) {
    const { value } = call.attributes;
    const dims = lengthsOf(call, 0, "input");
    if (value !== undefined && value.values.length !== 1)
      throw illegal(call.who, "value", "one number", formatDims(value.dims));
    if (dims.some((dim) => typeof dim === "number" && dim < 0))
      throw illegal(call.who, "input", "lengths of 0 and more", formatDims(dims));
    return [{ elementType: value?.elementType ?? "float32", dims }];
  },
  evaluate: ({ attributes, outputs }) => [
    new Float64Array(elementCount(outputs[0]!.dims)).fill(Number(attributes.value?.values[0] ?? 0)),
  ],
  gradient: NO_FLOATS,
});
