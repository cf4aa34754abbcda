import { ELEMENT_TYPES, elementTypeOfCode } from "../element-type.ts";
import { defineOp, illegal } from "./op-definition.ts";

/** Another element type, by its `TensorProto.DataType` code. Towards integers the fraction is cut off. */
export const Cast = defineOp({
  inputs: ["input"],
  attributes: { to: { type: "int", required: true } },
  infer(call) {
    const elementType = elementTypeOfCode(call.attributes.to);
    if (elementType === undefined)
      throw illegal(
        call.who,
        "to",
        `one of ${Object.keys(ELEMENT_TYPES).join(", ")}`,
        `data_type ${call.attributes.to}`,
      );
    return [{ elementType, dims: call.inputs[0]!.dims }];
  },
  evaluate({ inputs, outputs }) {
    const { elementType } = outputs[0]!;
    const convert = (x: number): number => {
      if (elementType === "float64") return x;
      if (elementType === "float32") return Math.fround(x);
      return elementType === "bool" ? Number(x !== 0) : Math.trunc(x);
    };
    return [inputs[0]!.values.map(convert)];
  },
});
