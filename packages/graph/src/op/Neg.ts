import { unary } from "./elementwise.ts";

/** The negative. */
export const Neg = unary((x) => -x, {
  since: 6,
  family: "a numeric type",
  gradient: ({ g, gradients: [dy] }) => [g.op("Neg", [dy])],
});
