import { times, unary } from "./elementwise.ts";

/** `1 / x`. */
export const Reciprocal = unary((x) => 1 / x, {
  since: 6,
  gradient: times((g, _x, y) => g.op("Neg", [g.op("Mul", [y, y])])),
});
