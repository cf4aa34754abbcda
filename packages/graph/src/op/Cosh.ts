import { times, unary } from "./elementwise.ts";

/** The hyperbolic cosine. */
export const Cosh = unary(Math.cosh, {
  since: 9,
  gradient: times((g, x) => g.op("Sinh", [x])),
});
