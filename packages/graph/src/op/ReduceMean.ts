import { scalarLike } from "./gradient.ts";
import { expanded, reductionGradient } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";

/** The mean over some axes; NaN over nothing. */
export const ReduceMean = reduction(
  (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  {
    since: 18,
    family: "a numeric type",
    gradient: reductionGradient((slope) => {
      const { g, dy, count } = slope;
      return expanded(slope, count === 1 ? dy : g.op("Div", [dy, scalarLike(g, dy, count)]));
    }),
  },
);
