import { toTheChosenOnes } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";

/** The smallest value over some axes. Equal ones share the gradient, as in PyTorch's `amin`. */
export const ReduceMin = reduction((values) => values.reduce((a, b) => Math.min(a, b), Infinity), {
  since: 18,
  family: "a numeric type",
  gradient: toTheChosenOnes,
});
