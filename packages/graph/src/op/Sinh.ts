import { times, unary } from "./elementwise.ts";

/** The hyperbolic sine. */
export const Sinh = unary(Math.sinh, {
  since: 9,
  gradient: times((g, x) => g.op("Cosh", [x])),
});
