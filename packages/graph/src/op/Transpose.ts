import { forEachIndex, offsetOf } from "../shape.ts";
import { formatDims } from "../onnx.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** The axes in another order: axis `i` of the output is axis `perm[i]` of the input; reversed by default. */
export const Transpose = defineOp({
  inputs: ["data"],
  attributes: { perm: { type: "ints" } },
  infer(call) {
    const elementType = sharedType(call, "any type");
    const { dims } = call.inputs[0]!;
    const perm = call.attributes.perm ?? dims.map((_, axis) => axis).toReversed();
    if (perm.toSorted((a, b) => a - b).some((axis, at) => axis !== at) || perm.length !== dims.length)
      throw illegal(call.who, "perm", `an order of ${dims.length} axes`, formatDims(perm));
    return [{ elementType, dims: perm.map((axis) => dims[axis]!) }];
  },
  evaluate({ inputs, attributes, outputs }) {
    const data = inputs[0]!;
    const perm = attributes.perm ?? data.dims.map((_, axis) => axis).toReversed();
    const values: number[] = [];
    forEachIndex(outputs[0]!.dims, (index) => {
      const from = [...index];
      for (const [at, axis] of perm.entries()) from[axis] = index[at]!;
      values.push(data.values[offsetOf(from, data.dims)]!);
    });
    return [Float64Array.from(values)];
  },
  gradient({ g, attributes, gradients: [dy] }) {
    const perm = attributes.perm ?? dy!.dims.map((_, axis) => axis).toReversed();
    return [g.op("Transpose", [dy], { perm: perm.map((_, axis) => perm.indexOf(axis)) })];
  },
});
