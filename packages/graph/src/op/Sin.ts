import { times, unary } from "./elementwise.ts";

/** The sine, of radians. */
export const Sin = unary(Math.sin, {
  since: 7,
  gradient: times((g, x) => g.op("Cos", [x])),
});
