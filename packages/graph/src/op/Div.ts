import { binary } from "./elementwise.ts";
import { sumTo } from "./gradient.ts";

/** `A / B` under broadcasting; the quotient of integers is cut off towards zero, and 0 where `B` is. */
export const Div = binary((a, b) => a / b, {
  since: 7,
  gradient({ g, inputs: [a, b], outputs: [y], gradients: [dy], wanted }) {
    const share = g.op("Div", [dy, b]);
    return [
      wanted[0] ? sumTo(g, share, a!) : undefined,
      wanted[1] ? g.op("Neg", [sumTo(g, g.op("Mul", [share, y]), b!)]) : undefined,
    ];
  },
});
