import { times, unary } from "./elementwise.ts";

/** The cosine, of radians. */
export const Cos = unary(Math.cos, {
  since: 7,
  gradient: times((g, x) => g.op("Neg", [g.op("Sin", [x])])),
});
