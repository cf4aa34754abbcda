import { expanded, reductionGradient } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";

/** The sum over some axes. */
export const ReduceSum = reduction((values) => values.reduce((sum, value) => sum + value, 0), {
  since: 13,
  family: "a numeric type",
  gradient: reductionGradient((slope) => expanded(slope, slope.dy)),
});
