import { expanded, reductionGradient } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";

/** The logarithm of the sum over some axes. */
export const ReduceLogSum = reduction((values) => Math.log(values.reduce((sum, value) => sum + value, 0)), {
  since: 18,
  family: "a numeric type",
  gradient: reductionGradient((slope) => {
    const { g, y, dy } = slope;
    return expanded(slope, g.op("Mul", [dy, g.op("Exp", [g.op("Neg", [y])])]));
  }),
});
