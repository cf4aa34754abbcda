import { times, unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The inverse of the hyperbolic sine. */
export const Asinh = unary(Math.asinh, {
  since: 9,
  gradient: times((g, x) =>
    g.op("Div", [
      scalarLike(g, x, 1),
      g.op("Sqrt", [g.op("Add", [g.op("Mul", [x, x]), scalarLike(g, x, 1)])]),
    ]),
  ),
});
