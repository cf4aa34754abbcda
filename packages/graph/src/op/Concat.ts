import { forEachIndex, offsetOf } from "../shape.ts";
import { fromFront } from "./along.ts";
import { dimsOf } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { axisOf, sharedType } from "./rule.ts";

/** The inputs one after another along an axis. */
export const Concat = defineOp({
  // 4 with axes counted from the front only.
  since: 11,
  inputs: ["inputs"],
  variadic: true,
  attributes: { axis: { type: "int", required: true } },
  infer(call) {
    const elementType = sharedType(call, "any type");
    const { dims } = call.inputs[0]!;
    const axis = axisOf(call, call.attributes.axis, dims.length);
    let length = 0;
    for (const input of call.inputs) {
      const own = input!.dims[axis];
      const alike =
        input!.dims.length === dims.length && input!.dims.every((dim, at) => at === axis || dim === dims[at]);
      if (typeof own !== "number" || !alike)
        throw illegal(
          call.who,
          "inputs",
          `known lengths on axis ${axis}, others alike`,
          formatInputs(call.inputs),
        );
      length += own;
    }
    return [{ elementType, dims: dims.with(axis, length) }];
  },
  evaluate({ inputs, attributes, outputs }) {
    const axis = fromFront(attributes.axis, outputs[0]!.dims.length);
    const values: number[] = [];
    forEachIndex(outputs[0]!.dims, (index) => {
      let at = index[axis]!;
      let part = 0;
      while (at >= inputs[part]!.dims[axis]!) {
        at -= inputs[part]!.dims[axis]!;
        part += 1;
      }
      values.push(inputs[part]!.values[offsetOf(index.with(axis, at), inputs[part]!.dims)]!);
    });
    return [Float64Array.from(values)];
  },
  gradient({ g, inputs, attributes, gradients: [dy], wanted }) {
    if (inputs.length === 1) return [dy];
    const axis = fromFront(attributes.axis, dy!.dims.length);
    const lengths = inputs.map((input) => dimsOf(input!)[axis]!);
    const parts = g.ops("Split", [dy, g.ints(lengths)], { axis });
    return parts.map((part, at) => (wanted[at] ? part : undefined));
  },
});
