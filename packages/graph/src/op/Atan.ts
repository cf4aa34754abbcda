import { unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The arc tangent. */
export const Atan = unary(Math.atan, {
  since: 7,
  gradient: ({ g, inputs: [x], gradients: [dy] }) => [
    g.op("Div", [dy, g.op("Add", [g.op("Mul", [x, x]), scalarLike(g, x!, 1)])]),
  ],
});
