import { elementCount, formatDims } from "../onnx.ts";
import { forEachIndex } from "../shape.ts";
import { fromFront } from "./along.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";
import { combinationOf, scatterGradient, scatterOpset } from "./scatter.ts";

/**
 * The data with slices replaced by updates, or combined with them: the last axis of `indices` names a slice by its
 * place on the leading axes. Without a reduction each slice is to be named once.
 */
export const ScatterND = defineOp({
  since: 11,
  sinceFor: ({ attributes }) => scatterOpset(attributes.reduction),
  inputs: ["data", "indices", "updates"],
  attributes: { reduction: { type: "string", default: "none" } },
  infer(call) {
    const [data, indices, updates] = [call.inputs[0]!, call.inputs[1]!, call.inputs[2]!];
    const elementType = sharedType(call, "any type", [data, updates]);
    combinationOf(call.who, call.attributes.reduction);
    const depth = indices.dims.at(-1);
    if (indices.elementType !== "int64" || typeof depth !== "number" || depth > data.dims.length)
      throw illegal(
        call.who,
        "indices",
        `int64 with a last axis of at most ${data.dims.length}`,
        formatInputs([indices]),
      );
    const wanted = [...indices.dims.slice(0, -1), ...data.dims.slice(depth)];
    if (updates.dims.join() !== wanted.join())
      throw illegal(call.who, "updates", formatDims(wanted), formatDims(updates.dims));
    return [{ elementType, dims: data.dims }];
  },
  evaluate({ inputs, attributes }) {
    const [data, indices, updates] = [inputs[0]!, inputs[1]!, inputs[2]!];
    const combine = combinationOf("ScatterND", attributes.reduction);
    const result = data.values.slice();
    const depth = indices.dims.at(-1)!;
    const size = elementCount(data.dims.slice(depth));
    forEachIndex(indices.dims.slice(0, -1), (_, slice) => {
      let place = 0;
      for (let axis = 0; axis < depth; axis++) {
        const length = data.dims[axis]!;
        const at = fromFront(indices.values[slice * depth + axis]!, length);
        if (!(at >= 0 && at < length))
          throw illegal("ScatterND", "indices", `indices within an axis of ${length}`, String(at));
        place = place * length + at;
      }
      for (let at = 0; at < size; at++)
        result[place * size + at] = combine(result[place * size + at]!, updates.values[slice * size + at]!);
    });
    return [result];
  },
  gradient({ g, inputs, outputs, attributes: { reduction }, gradients }) {
    const [data, indices, updates] = [inputs[0]!, inputs[1]!, inputs[2]!];
    const [byData, byUpdates] = scatterGradient({
      g,
      reduction,
      data,
      updates,
      result: outputs[0]!,
      dy: gradients[0]!,
      scatter: (into, values, how) => g.op("ScatterND", [into, indices, values], { reduction: how }),
      gather: (value) => g.op("GatherND", [value, indices]),
    });
    return [byData, undefined, byUpdates];
  },
});
