import { times, unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** The tangent, of radians. */
export const Tan = unary(Math.tan, {
  since: 7,
  gradient: times((g, x, y) => g.op("Add", [scalarLike(g, x, 1), g.op("Mul", [y, y])])),
});
