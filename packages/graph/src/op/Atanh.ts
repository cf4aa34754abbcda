import { unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The inverse of the hyperbolic tangent; NaN outside of -1 to 1. */
export const Atanh = unary(Math.atanh, {
  since: 9,
  gradient: ({ g, inputs: [x], gradients: [dy] }) => [
    g.op("Div", [dy, g.op("Sub", [scalarLike(g, x!, 1), g.op("Mul", [x, x])])]),
  ],
});
