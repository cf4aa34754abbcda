import { unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** `x / (1 + |x|)`. */
export const Softsign = unary((x) => x / (1 + Math.abs(x)), {
  since: 1,
  gradient: ({ g, inputs: [x], gradients: [dy] }) => {
    const root = g.op("Add", [g.op("Abs", [x]), scalarLike(g, x!, 1)]);
    return [g.op("Div", [dy, g.op("Mul", [root, root])])];
  },
});
