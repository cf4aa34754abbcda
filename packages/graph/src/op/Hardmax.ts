import { fromFront, linesAlong } from "./along.ts";
import { STEPWISE, defineOp } from "./op-definition.ts";
import { Softmax } from "./Softmax.ts";

/** 1 at the largest element along an axis, of equal ones the first, and 0 elsewhere. */
export const Hardmax = defineOp({
  ...Softmax,
  evaluate({ inputs, attributes }) {
    const { values, dims } = inputs[0]!;
    const output = new Float64Array(values.length);
    for (const line of linesAlong(inputs[0]!, fromFront(attributes.axis, dims.length))) {
      const [first] = line;
      if (first === undefined) continue;
      output[line.reduce((best, position) => (values[position]! > values[best]! ? position : best), first)] =
        1;
    }
    return [output];
  },
  gradient: STEPWISE,
});
