import { elementCount } from "../onnx.ts";
import { forEachIndex } from "../shape.ts";
import { fromFront } from "./along.ts";
import { dimsOf, reshaped, zerosLike } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/**
 * The slices of the data that the last axis of `indices` names by their place on the axes after the first
 * `batch_dims`, which data and indices share.
 */
export const GatherND = defineOp({
  since: 11,
  sinceFor: ({ attributes }) => (attributes.batch_dims === 0 ? 11 : 12),
  inputs: ["data", "indices"],
  attributes: { batch_dims: { type: "int", default: 0 } },
  infer(call) {
    const [data, indices] = [call.inputs[0]!, call.inputs[1]!];
    const elementType = sharedType(call, "any type", [data]);
    const { batch_dims } = call.attributes;
    const depth = indices.dims.at(-1);
    const most = data.dims.length - batch_dims;
    if (indices.elementType !== "int64" || typeof depth !== "number" || depth < 1 || depth > most)
      throw illegal(call.who, "indices", `int64 with a last axis from 1 to ${most}`, formatInputs([indices]));
    const shared = data.dims.slice(0, batch_dims);
    if (
      batch_dims < 0 ||
      batch_dims >= indices.dims.length ||
      indices.dims.slice(0, batch_dims).join() !== shared.join()
    )
      throw illegal(
        call.who,
        "batch_dims",
        "leading axes alike in data and indices",
        formatInputs([data, indices]),
      );
    return [{ elementType, dims: [...indices.dims.slice(0, -1), ...data.dims.slice(batch_dims + depth)] }];
  },
  evaluate({ inputs, attributes, outputs }) {
    const [data, indices] = [inputs[0]!, inputs[1]!];
    const { batch_dims } = attributes;
    const depth = indices.dims.at(-1)!;
    const size = elementCount(data.dims.slice(batch_dims + depth));
    const result = new Float64Array(elementCount(outputs[0]!.dims));
    forEachIndex(indices.dims.slice(0, -1), (index, slice) => {
      let place = 0;
      for (let axis = 0; axis < batch_dims; axis++) place = place * data.dims[axis]! + index[axis]!;
      for (let axis = 0; axis < depth; axis++) {
        const length = data.dims[batch_dims + axis]!;
        const at = fromFront(indices.values[slice * depth + axis]!, length);
        if (!(at >= 0 && at < length))
          throw illegal("GatherND", "indices", `indices within an axis of ${length}`, String(at));
        place = place * length + at;
      }
      result.set(data.values.subarray(place * size, (place + 1) * size), slice * size);
    });
    return [result];
  },
  gradient({ g, inputs: [data, indices], attributes, gradients: [dy] }) {
    const { batch_dims } = attributes;
    if (batch_dims === 0)
      return [g.op("ScatterND", [zerosLike(g, data!), indices, dy], { reduction: "add" })];
    // The shared axes become one more index in front.
    const dims = dimsOf(data!);
    const shared = dims.slice(0, batch_dims);
    const rows = dimsOf(indices!).slice(0, -1);
    const numbers = g.ints(Array.from({ length: elementCount(shared) }, (_, at) => at));
    const lead = [...shared, ...rows.slice(batch_dims).map(() => 1), 1];
    const row = g.op("Expand", [reshaped(g, numbers, lead), g.ints([...rows, 1])]);
    const places = g.op("Concat", [row, indices], { axis: -1 });
    const flat = zerosLike(g, data!, [elementCount(shared), ...dims.slice(batch_dims)]);
    return [reshaped(g, g.op("ScatterND", [flat, places, dy], { reduction: "add" }), dims)];
  },
});
