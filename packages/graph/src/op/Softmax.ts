import { fromFront, linesAlong } from "./along.ts";
import { defineOp } from "./op-definition.ts";
import { axisOf, sharedType } from "./rule.ts";

/** The exponentials along an axis, divided by their sum; shifted by the largest so that none overflows. */
export const Softmax = defineOp({
  since: 13,
  inputs: ["input"],
  attributes: { axis: { type: "int", default: -1 } },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const { dims } = call.inputs[0]!;
    axisOf(call, call.attributes.axis, dims.length);
    return [{ elementType, dims }];
  },
  evaluate({ inputs, attributes }) {
    const input = inputs[0]!;
    const output = new Float64Array(input.values.length);
    for (const line of linesAlong(input, fromFront(attributes.axis, input.dims.length))) {
      const largest = line.reduce((max, position) => Math.max(max, input.values[position]!), -Infinity);
      for (const position of line) output[position] = Math.exp(input.values[position]! - largest);
      const sum = line.reduce((total, position) => total + output[position]!, 0);
      for (const position of line) output[position]! /= sum;
    }
    return [output];
  },
  gradient({ g, outputs: [y], gradients: [dy], attributes: { axis } }) {
    const mean = g.op("ReduceSum", [g.op("Mul", [dy, y]), g.ints([axis])], { keepdims: 1 });
    return [g.op("Mul", [y, g.op("Sub", [dy, mean])])];
  },
});
