import { ELEMENT_TYPES, elementTypeOfCode } from "../element-type.ts";
import { elementCount, formatType } from "../onnx.ts";
import { forEachIndex } from "../shape.ts";
import { defineOp, illegal } from "./op-definition.ts";

/** Ones on a diagonal and zeros elsewhere, in the shape of a matrix; diagonal `k` starts `k` columns to the right. */
export const EyeLike = defineOp({
  since: 9,
  inputs: ["input"],
  attributes: { dtype: { type: "int" }, k: { type: "int", default: 0 } },
  infer({ who, inputs, attributes }) {
    const [input] = inputs;
    if (input!.dims.length !== 2) throw illegal(who, "input", "a matrix", formatType(input!));
    const { dtype } = attributes;
    const elementType = dtype === undefined ? input!.elementType : elementTypeOfCode(dtype);
    if (elementType === undefined)
      throw illegal(who, "dtype", Object.keys(ELEMENT_TYPES).join(", "), String(dtype));
    return [{ elementType, dims: input!.dims }];
  },
  evaluate({ attributes, outputs }) {
    const ones = new Float64Array(elementCount(outputs[0]!.dims));
    forEachIndex(outputs[0]!.dims, ([row, column], flat) => {
      if (column === row! + attributes.k) ones[flat] = 1;
    });
    return [ones];
  },
  gradient: { none: "it reads the shape of its input, not its numbers", zero: true },
});
