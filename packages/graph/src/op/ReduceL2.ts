import { scalarLike } from "./gradient.ts";
import { reductionGradient } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";

/** The Euclidean length over some axes. Its gradient at 0 is 0, as in PyTorch. */
export const ReduceL2 = reduction(
  (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)),
  {
    since: 18,
    family: "a numeric type",
    gradient: reductionGradient(({ g, x, y, dy }) => {
      const zero = scalarLike(g, x, 0);
      const share = g.op("Where", [g.op("Greater", [y, zero]), g.op("Div", [dy, y]), zero]);
      return g.op("Mul", [x, share]);
    }),
  },
);
