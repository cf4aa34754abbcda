import { elementCount, formatType } from "../onnx.ts";
import { forEachIndex, offsetOf } from "../shape.ts";
import { fromFront } from "./along.ts";
import { reshaped } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { axisOf } from "./rule.ts";

/**
 * A new axis of length `depth` that holds the second of `values` at the place that an index names, and the first
 * elsewhere; an index outside of `-depth .. depth - 1` is nowhere.
 */
export const OneHot = defineOp({
  // 9 with indices counted from the front only.
  since: 11,
  inputs: ["indices", "depth", "values"],
  attributes: { axis: { type: "int", default: -1 } },
  infer(call) {
    const [indices, depth, values] = [call.inputs[0]!, call.inputs[1]!, call.inputs[2]!];
    const [length] = Array.from(depth.constant ?? [], Math.trunc);
    if (depth.constant?.length !== 1 || depth.dims.length > 1 || length! < 0)
      throw illegal(call.who, "depth", "a constant number of 0 and more", formatType(depth));
    if (values.dims.length !== 1 || values.dims[0] !== 2)
      throw illegal(call.who, "values", "two numbers: off and on", formatType(values));
    if ([indices, depth].some(({ elementType }) => elementType === "bool"))
      throw illegal(call.who, "indices and depth", "numbers", formatInputs([indices, depth]));
    if (indices.dims.length === 0)
      throw illegal(call.who, "indices", "at least one dimension", formatType(indices));
    const axis = axisOf(call, call.attributes.axis, indices.dims.length + 1);
    return [{ elementType: values.elementType, dims: indices.dims.toSpliced(axis, 0, length!) }];
  },
  evaluate({ inputs, attributes, outputs }) {
    const [indices, values] = [inputs[0]!, inputs[2]!.values];
    const { dims } = outputs[0]!;
    const axis = fromFront(attributes.axis, dims.length);
    const marked = new Float64Array(elementCount(dims));
    forEachIndex(dims, (index, flat) => {
      const place = Math.trunc(indices.values[offsetOf(index.toSpliced(axis, 1), indices.dims)]!);
      marked[flat] = values[(place < 0 ? place + dims[axis]! : place) === index[axis]! ? 1 : 0]!;
    });
    return [marked];
  },
  gradient({ g, inputs, attributes, outputs, gradients: [dy] }) {
    const float = outputs[0]!.elementType;
    const sums = [
      [1, 0],
      [0, 1],
    ].map((marks) => {
      const values = g.constant(float === "float64" ? Float64Array.from(marks) : Float32Array.from(marks));
      const places = g.op("OneHot", [inputs[0], inputs[1], values], { axis: attributes.axis });
      const sum = g.op("ReduceSum", [g.op("Mul", [dy, places])], { keepdims: 0 });
      return reshaped(g, sum, [1]);
    });
    return [undefined, undefined, g.op("Concat", sums, { axis: 0 })];
  },
});
