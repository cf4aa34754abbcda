import { fromFront } from "./along.ts";
import { checkElementIndices, forEachElement } from "./element-index.ts";
import { zerosLike } from "./gradient.ts";
import { defineOp } from "./op-definition.ts";
import { axisOf, sharedType } from "./rule.ts";

/** For each index element the data's element at its own place, but for `axis`, where the index says the place. */
export const GatherElements = defineOp({
  since: 11,
  inputs: ["data", "indices"],
  attributes: { axis: { type: "int", default: 0 } },
  infer(call) {
    const [data, indices] = [call.inputs[0]!, call.inputs[1]!];
    checkElementIndices(call, axisOf(call, call.attributes.axis, data.dims.length));
    return [{ elementType: sharedType(call, "any type", [data]), dims: indices.dims }];
  },
  evaluate({ inputs, attributes }) {
    const [data, indices] = [inputs[0]!, inputs[1]!];
    const found = new Float64Array(indices.values.length);
    const axis = fromFront(attributes.axis, data.dims.length);
    forEachElement("GatherElements", data.dims, indices, axis, (place, flat) => {
      found[flat] = data.values[place]!;
    });
    return [found];
  },
  gradient: ({ g, inputs: [data, indices], attributes: { axis }, gradients: [dy] }) => [
    g.op("ScatterElements", [zerosLike(g, data!), indices, dy], { axis, reduction: "add" }),
  ],
});
