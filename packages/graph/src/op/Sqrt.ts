import { unary } from "./elementwise.ts";

/** The square root; NaN below zero. Its gradient at 0 is infinite. */
export const Sqrt = unary((x) => Math.sqrt(x), {
  since: 6,
  gradient: ({ g, outputs: [y], gradients: [dy] }) => [g.op("Div", [dy, g.op("Add", [y, y])])],
});
