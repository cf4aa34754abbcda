import { formatType } from "../onnx.ts";
import { forEachIndex } from "../shape.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** The upper (or lower) triangle of matrices, from diagonal `k` on, with zeros in the rest. */
export const Trilu = defineOp({
  since: 14,
  inputs: ["input", "k"],
  optional: 1,
  attributes: { upper: { type: "int", default: 1 } },
  infer(call) {
    const [input, k] = call.inputs;
    const elementType = sharedType(call, "any type", [input]);
    if (input!.dims.length < 2) throw illegal(call.who, "input", "matrices", formatType(input!));
    const one = k === undefined || k.dims.length === 0 || (k.dims.length === 1 && k.dims[0] === 1);
    if (!one || (k !== undefined && k.elementType !== "int64"))
      throw illegal(call.who, "k", "one int64", formatType(k!));
    return [{ elementType, dims: input!.dims }];
  },
  evaluate({ inputs, attributes }) {
    const { dims, values } = inputs[0]!;
    const k = inputs[1]?.values[0] ?? 0;
    const kept = values.slice();
    forEachIndex(dims, (index, flat) => {
      const diagonal = index.at(-1)! - index.at(-2)!;
      if (attributes.upper === 0 ? diagonal > k : diagonal < k) kept[flat] = 0;
    });
    return [kept];
  },
  gradient: ({ g, inputs, attributes, gradients: [dy] }) => [
    g.op("Trilu", [dy, inputs[1]], { upper: attributes.upper }),
  ],
});
