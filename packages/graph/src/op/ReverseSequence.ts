import { formatDims } from "../onnx.ts";
import { forEachIndex, offsetOf } from "../shape.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** Sequences of a batch turned around, each over its own length; what lies behind it stays. */
export const ReverseSequence = defineOp({
  since: 10,
  inputs: ["input", "sequence_lens"],
  attributes: { batch_axis: { type: "int", default: 1 }, time_axis: { type: "int", default: 0 } },
  infer(call) {
    const [input, lengths] = [call.inputs[0]!, call.inputs[1]!];
    const { batch_axis, time_axis } = call.attributes;
    const axes = [batch_axis, time_axis];
    if (input.dims.length < 2 || axes.toSorted((a, b) => a - b).join() !== "0,1")
      throw illegal(call.who, "batch_axis and time_axis", "0 and 1, each once", formatDims(axes));
    if (lengths.elementType !== "int64" || lengths.dims.join() !== String(input.dims[batch_axis]))
      throw illegal(call.who, "sequence_lens", "an int64 for each of the batch", formatInputs([lengths]));
    return [{ elementType: sharedType(call, "any type", [input]), dims: input.dims }];
  },
  evaluate({ inputs, attributes: { batch_axis, time_axis } }) {
    const [{ dims, values }, lengths] = [inputs[0]!, inputs[1]!.values];
    const turned: number[] = [];
    forEachIndex(dims, (index) => {
      const [time, length] = [index[time_axis]!, lengths[index[batch_axis]!]!];
      const from = time < length ? length - 1 - time : time;
      turned.push(values[offsetOf(index.with(time_axis, from), dims)]!);
    });
    return [Float64Array.from(turned)];
  },
  // Turned around twice it is as it was.
  gradient: ({ g, inputs, attributes, gradients: [dy] }) => [
    g.op("ReverseSequence", [dy, inputs[1]], { ...attributes }),
  ],
});
