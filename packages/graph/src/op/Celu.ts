import { activation } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The input, or `alpha * (exp(x / alpha) - 1)` where it is less than 0. */
export const Celu = activation({
  since: 12,
  family: "a floating-point type",
  attributes: { alpha: { type: "float", default: 1 } },
  compute: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x / alpha) : x),
  gradient: ({ g, inputs: [x], outputs: [y], gradients: [dy], attributes: { alpha } }) => {
    const below = g.op("Add", [g.op("Div", [y, scalarLike(g, x!, alpha)]), scalarLike(g, x!, 1)]);
    const above = g.op("Greater", [x, scalarLike(g, x!, 0)]);
    return [g.op("Where", [above, dy, g.op("Mul", [dy, below])])];
  },
});
