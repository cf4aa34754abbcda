import { toTheChosenOnes } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";

/** The largest value over some axes. Equal ones share the gradient, as in PyTorch's `amax`. */
export const ReduceMax = reduction((values) => values.reduce((a, b) => Math.max(a, b), -Infinity), {
  since: 18,
  family: "a numeric type",
  gradient: toTheChosenOnes,
});
