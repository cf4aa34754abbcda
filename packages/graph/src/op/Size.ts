import { elementCount } from "../onnx.ts";
import { productOf } from "../shape.ts";
import { defineOp, INTEGER_RESULT } from "./op-definition.ts";

/** The number of the input's elements, as an int64 scalar. */
export const Size = defineOp({
  since: 1,
  inputs: ["data"],
  attributes: {},
  infer({ inputs }) {
    const { dims } = inputs[0]!;
    return [{ elementType: "int64", dims: [], lengths: [dims.includes("") ? "" : productOf(dims)] }];
  },
  evaluate: ({ inputs }) => [Float64Array.of(elementCount(inputs[0]!.dims))],
  gradient: INTEGER_RESULT,
});
