import { formatDims } from "../onnx.ts";
import { fromFront } from "./along.ts";
import { checkElementIndices, forEachElement } from "./element-index.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { axisOf, sharedType } from "./rule.ts";
import { combinationOf, scatterGradient, scatterOpset } from "./scatter.ts";

/**
 * The data with elements replaced by updates, or combined with them: each update goes to its own place but for `axis`,
 * where its index says the place. Without a reduction each place is to be named once.
 */
export const ScatterElements = defineOp({
  since: 11,
  sinceFor: ({ attributes }) => scatterOpset(attributes.reduction),
  inputs: ["data", "indices", "updates"],
  attributes: { axis: { type: "int", default: 0 }, reduction: { type: "string", default: "none" } },
  infer(call) {
    const [data, indices, updates] = [call.inputs[0]!, call.inputs[1]!, call.inputs[2]!];
    const elementType = sharedType(call, "any type", [data, updates]);
    combinationOf(call.who, call.attributes.reduction);
    checkElementIndices(call, axisOf(call, call.attributes.axis, data.dims.length));
    if (updates.dims.join() !== indices.dims.join())
      throw illegal(call.who, "updates", formatDims(indices.dims), formatDims(updates.dims));
    return [{ elementType, dims: data.dims }];
  },
  evaluate({ inputs, attributes }) {
    const [data, indices, updates] = [inputs[0]!, inputs[1]!, inputs[2]!];
    const combine = combinationOf("ScatterElements", attributes.reduction);
    const result = data.values.slice();
    const axis = fromFront(attributes.axis, data.dims.length);
    forEachElement("ScatterElements", data.dims, indices, axis, (place, flat) => {
      result[place] = combine(result[place]!, updates.values[flat]!);
    });
    return [result];
  },
  gradient({ g, inputs, outputs, attributes: { axis, reduction }, gradients }) {
    const [data, indices, updates] = [inputs[0]!, inputs[1]!, inputs[2]!];
    const [byData, byUpdates] = scatterGradient({
      g,
      reduction,
      data,
      updates,
      result: outputs[0]!,
      dy: gradients[0]!,
      scatter: (into, values, how) =>
        g.op("ScatterElements", [into, indices, values], { axis, reduction: how }),
      gather: (value) => g.op("GatherElements", [value, indices], { axis }),
    });
    return [byData, undefined, byUpdates];
  },
});
