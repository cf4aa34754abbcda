import { times, unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The logistic function, `1 / (1 + exp(-x))`. */
export const Sigmoid = unary((x) => 1 / (1 + Math.exp(-x)), {
  since: 6,
  // 1 - y is exact from 1/2 on, y - y * y is not.
  gradient: times((g, _x, y) => g.op("Mul", [y, g.op("Sub", [scalarLike(g, y, 1), y])])),
});
