import { times, unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The arc sine; NaN outside of -1 to 1. */
export const Asin = unary(Math.asin, {
  since: 7,
  gradient: times((g, x) =>
    g.op("Div", [
      scalarLike(g, x, 1),
      g.op("Sqrt", [g.op("Sub", [scalarLike(g, x, 1), g.op("Mul", [x, x])])]),
    ]),
  ),
});
