import { activation } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The input, or `alpha * (exp(x) - 1)` where it is less than 0. Its gradient at 0 is `alpha`, as in PyTorch. */
export const Elu = activation({
  since: 6,
  family: "a floating-point type",
  attributes: { alpha: { type: "float", default: 1 } },
  compute: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x) : x),
  gradient: ({ g, inputs: [x], outputs: [y], gradients: [dy], attributes: { alpha } }) => [
    g.op("Where", [
      g.op("Greater", [x, scalarLike(g, x!, 0)]),
      dy,
      g.op("Mul", [dy, g.op("Add", [y, scalarLike(g, x!, alpha)])]),
    ]),
  ],
});
