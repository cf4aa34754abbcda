import { unary } from "./elementwise.ts";

/** The natural logarithm. */
export const Log = unary((x) => Math.log(x), {
  since: 6,
  gradient: ({ g, inputs: [x], gradients: [dy] }) => [g.op("Div", [dy, x])],
});
