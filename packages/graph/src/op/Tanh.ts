import { times, unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The hyperbolic tangent. */
export const Tanh = unary(Math.tanh, {
  since: 6,
  gradient: times((g, _x, y) => g.op("Sub", [scalarLike(g, y, 1), g.op("Mul", [y, y])])),
});
