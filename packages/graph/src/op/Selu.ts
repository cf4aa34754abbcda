import { activation } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** `gamma` times Elu. Its gradient at 0 is `gamma * alpha`, as in PyTorch. G. Klambauer et al., "Self-normalizing neural networks", 2017, for the constants. */
export const Selu = activation({
  since: 6,
  family: "a floating-point type",
  attributes: {
    alpha: { type: "float", default: Math.fround(1.6732632423543772) },
    gamma: { type: "float", default: Math.fround(1.0507009873554805) },
  },
  compute: (x, { alpha, gamma }) => gamma * (x < 0 ? alpha * Math.expm1(x) : x),
  gradient: ({ g, inputs: [x], outputs: [y], gradients: [dy], attributes: { alpha, gamma } }) => {
    const below = g.op("Add", [y, scalarLike(g, x!, alpha * gamma)]);
    const above = g.op("Greater", [x, scalarLike(g, x!, 0)]);
    return [g.op("Mul", [dy, g.op("Where", [above, scalarLike(g, x!, gamma), below])])];
  },
});
