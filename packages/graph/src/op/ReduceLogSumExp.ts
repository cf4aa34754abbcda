import { reductionGradient } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";

/** The logarithm of the sum of exponentials over some axes, in a form that does not overflow. */
export const ReduceLogSumExp = reduction(
  (values) => {
    const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
    if (!Number.isFinite(largest)) return largest;
    return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  },
  {
    since: 18,
    family: "a numeric type",
    gradient: reductionGradient(({ g, x, y, dy }) => g.op("Mul", [g.op("Exp", [g.op("Sub", [x, y])]), dy])),
  },
);
