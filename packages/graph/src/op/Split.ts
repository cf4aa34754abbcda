import { formatDims } from "../onnx.ts";
import { forEachIndex, offsetOf } from "../shape.ts";
import { fromFront } from "./along.ts";
import { zerosLike } from "./gradient.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { axisOf, constantOf, sharedType } from "./rule.ts";

/** The input cut along an axis: into parts of the lengths `split`, or `num_outputs` equal ones, the last shorter. */
export const Split = defineOp({
  since: 13,
  sinceFor: ({ attributes }) => (attributes.num_outputs === undefined ? 13 : 18),
  untilFor: ({ inputs, attributes }) =>
    inputs[1] === undefined && attributes.num_outputs === undefined ? 17 : Number.POSITIVE_INFINITY,
  inputs: ["input", "split"],
  optional: 1,
  attributes: { axis: { type: "int", default: 0 }, num_outputs: { type: "int" } },
  infer(call) {
    const elementType = sharedType(call, "any type", call.inputs.slice(0, 1));
    const { dims } = call.inputs[0]!;
    const axis = axisOf(call, call.attributes.axis, dims.length);
    const length = dims[axis]!;
    const given = constantOf(call, 1, "split");
    const { num_outputs } = call.attributes;
    // Before opset 18 the outputs that a node names said how many equal parts there are.
    const equal = given === undefined && num_outputs === undefined && (call.named ?? 1) > 1;
    const count = equal ? call.named : num_outputs;
    if ((given === undefined) === (count === undefined))
      throw illegal(call.who, "split and num_outputs", "one of them", given === undefined ? "none" : "both");
    if (equal && typeof length === "number" && length % count! !== 0)
      throw illegal(call.who, "split", `lengths, where ${count} do not divide ${length}`, "none");
    if (given !== undefined) {
      const sum = given.reduce((total, part) => total + part, 0);
      if (given.some((part) => part < 0) || sum !== length)
        throw illegal(call.who, "split", `lengths that add up to ${length}`, formatDims(given));
      return given.map((part) => ({ elementType, dims: dims.with(axis, part) }));
    }
    if (typeof length === "string" || count! < 1 || count! > length)
      throw illegal(
        call.who,
        "num_outputs",
        `1 up to the known length of axis ${axis}`,
        `${count} of ${length}`,
      );
    const part = Math.ceil(length / count!);
    const last = length - part * (count! - 1);
    if (last < 0) throw illegal(call.who, "num_outputs", `parts of ${part} within ${length}`, String(count));
    return Array.from({ length: count! }, (_, at) => ({
      elementType,
      dims: dims.with(axis, at === count! - 1 ? last : part),
    }));
  },
  evaluate({ inputs, attributes, outputs }) {
    const { dims, values } = inputs[0]!;
    const axis = fromFront(attributes.axis, dims.length);
    let start = 0;
    return outputs.map((output) => {
      const part: number[] = [];
      forEachIndex(output.dims, (index) => {
        part.push(values[offsetOf(index.with(axis, index[axis]! + start), dims)]!);
      });
      start += output.dims[axis]!;
      return Float64Array.from(part);
    });
  },
  gradient({ g, outputs, attributes, gradients }) {
    const parts = outputs.map((output, at) => gradients[at] ?? zerosLike(g, output));
    return [parts.length === 1 ? parts[0] : g.op("Concat", parts, { axis: attributes.axis })];
  },
});
