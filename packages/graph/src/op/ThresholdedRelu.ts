import { activation } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The input, or 0 where it is not more than `alpha`. Its gradient there is 0. */
export const ThresholdedRelu = activation({
  since: 10,
  family: "a floating-point type",
  attributes: { alpha: { type: "float", default: 1 } },
  compute: (x, { alpha }) => (x > alpha ? x : 0),
  gradient: ({ g, inputs: [x], gradients: [dy], attributes: { alpha } }) => [
    g.op("Where", [g.op("Greater", [x, scalarLike(g, x!, alpha)]), dy, scalarLike(g, x!, 0)]),
  ],
});
