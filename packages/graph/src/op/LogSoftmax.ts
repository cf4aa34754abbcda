import { fromFront, linesAlong } from "./along.ts";
import { defineOp } from "./op-definition.ts";
import { Softmax } from "./Softmax.ts";

/** The logarithm of Softmax along an axis, computed without it: nothing underflows. */
export const LogSoftmax = defineOp({
  ...Softmax,
  evaluate({ inputs, attributes }) {
    const { values, dims } = inputs[0]!;
    const output = new Float64Array(values.length);
    for (const line of linesAlong(inputs[0]!, fromFront(attributes.axis, dims.length))) {
      const largest = line.reduce((max, position) => Math.max(max, values[position]!), -Infinity);
      const sum = line.reduce((total, position) => total + Math.exp(values[position]! - largest), 0);
      for (const position of line) output[position] = values[position]! - largest - Math.log(sum);
    }
    return [output];
  },
  gradient({ g, outputs: [y], gradients: [dy], attributes: { axis } }) {
    const total = g.op("ReduceSum", [dy, g.ints([axis])], { keepdims: 1 });
    return [g.op("Sub", [dy, g.op("Mul", [g.op("Exp", [y]), total])])];
  },
});
