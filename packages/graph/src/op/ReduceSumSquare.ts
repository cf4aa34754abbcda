import { reductionGradient } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";

/** The sum of squares over some axes. */
export const ReduceSumSquare = reduction((values) => values.reduce((sum, value) => sum + value * value, 0), {
  since: 18,
  family: "a numeric type",
  gradient: reductionGradient(({ g, x, dy }) => g.op("Mul", [x, g.op("Add", [dy, dy])])),
});
