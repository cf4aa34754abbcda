import { reductionGradient } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";

/** The sum of absolute values over some axes. Its gradient at 0 is 0, as in PyTorch. */
export const ReduceL1 = reduction((values) => values.reduce((sum, value) => sum + Math.abs(value), 0), {
  since: 18,
  family: "a numeric type",
  gradient: reductionGradient(({ g, x, dy }) => g.op("Mul", [g.op("Sign", [x]), dy])),
});
