import { times, unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The inverse of the hyperbolic cosine; NaN below 1. */
export const Acosh = unary(Math.acosh, {
  since: 9,
  gradient: times((g, x) =>
    g.op("Div", [
      scalarLike(g, x, 1),
      g.op("Sqrt", [g.op("Sub", [g.op("Mul", [x, x]), scalarLike(g, x, 1)])]),
    ]),
  ),
});
