import { activation } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** `alpha * x + beta` between 0 and 1. Its gradient is 0 at both ends, as in PyTorch. */
export const HardSigmoid = activation({
  since: 6,
  family: "a floating-point type",
  attributes: {
    alpha: { type: "float", default: Math.fround(0.2) },
    beta: { type: "float", default: 0.5 },
  },
  compute: (x, { alpha, beta }) => Math.max(0, Math.min(1, alpha * x + beta)),
  gradient: ({ g, inputs: [x], outputs: [y], gradients: [dy], attributes: { alpha } }) => {
    const zero = scalarLike(g, x!, 0);
    const inside = g.op("And", [g.op("Greater", [y, zero]), g.op("Less", [y, scalarLike(g, x!, 1)])]);
    return [g.op("Where", [inside, g.op("Mul", [dy, scalarLike(g, x!, alpha)]), zero])];
  },
});
