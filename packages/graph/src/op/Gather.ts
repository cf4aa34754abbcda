import { forEachIndex, offsetOf } from "../shape.ts";
import { fromFront } from "./along.ts";
import { dimsOf } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { axisOf, sharedType } from "./rule.ts";
import { scatterAlong } from "./scatter-gradient.ts";

/** The entries of an axis named by an index tensor, whose shape takes the axis's place. */
export const Gather = defineOp({
  // 1 with indices counted from the front only.
  since: 11,
  inputs: ["data", "indices"],
  attributes: { axis: { type: "int", default: 0 } },
  infer(call) {
    const elementType = sharedType(call, "any type", call.inputs.slice(0, 1));
    const [data, indices] = [call.inputs[0]!, call.inputs[1]!];
    const axis = axisOf(call, call.attributes.axis, data.dims.length);
    if (indices.elementType !== "int64" && indices.elementType !== "int32")
      throw illegal(call.who, "indices", "int64 or int32", formatInputs([indices]));
    const length = data.dims[axis]!;
    const wrong = Array.from(indices.constant ?? []).find(
      (index) => typeof length === "number" && (index < -length || index >= length),
    );
    if (wrong !== undefined)
      throw illegal(call.who, "indices", `indices within an axis of ${length}`, String(wrong));
    return [{ elementType, dims: data.dims.toSpliced(axis, 1, ...indices.dims) }];
  },
  evaluate({ inputs, attributes, outputs }) {
    const [data, indices] = [inputs[0]!, inputs[1]!];
    const axis = fromFront(attributes.axis, data.dims.length);
    const width = indices.dims.length;
    const values: number[] = [];
    forEachIndex(outputs[0]!.dims, (index) => {
      const entry = indices.values[offsetOf(index.slice(axis, axis + width), indices.dims)]!;
      const from = index.toSpliced(axis, width, fromFront(entry, data.dims[axis]!));
      values.push(data.values[offsetOf(from, data.dims)]!);
    });
    return [Float64Array.from(values)];
  },
  gradient({ g, inputs, attributes, gradients: [dy] }) {
    const dims = dimsOf(inputs[0]!);
    return [scatterAlong(g, dy!, inputs[1]!, fromFront(attributes.axis, dims.length), dims)];
  },
});
