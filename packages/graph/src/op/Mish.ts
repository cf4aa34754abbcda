import { times, unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** `x * tanh(softplus(x))`. */
export const Mish = unary((x) => x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))), {
  since: 18,
  gradient: times((g, x) => {
    const t = g.op("Tanh", [g.op("Softplus", [x])]);
    const bend = g.op("Sub", [scalarLike(g, x, 1), g.op("Mul", [t, t])]);
    return g.op("Add", [t, g.op("Mul", [g.op("Mul", [x, g.op("Sigmoid", [x])]), bend])]);
  }),
});
