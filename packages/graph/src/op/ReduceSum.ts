import { dimsOf, reshaped } from "./gradient.ts";
import { reducedAxes, reducedDims, reduction } from "./reduction.ts";

/** The sum over some axes. */
export const ReduceSum = reduction(
  "a numeric type",
  (values) => values.reduce((sum, value) => sum + value, 0),
  ({ g, who, inputs, attributes, gradients }) => {
    const dims = dimsOf(inputs[0]!);
    const kept = reducedDims(dims, reducedAxes({ who, inputs, attributes }), true) as readonly number[];
    return [g.op("Expand", [reshaped(g, gradients[0]!, kept), g.ints(dims)])];
  },
);
