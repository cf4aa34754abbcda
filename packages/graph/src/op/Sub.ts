import { binary } from "./elementwise.ts";
import { rowSumTo } from "./row-sum.ts";

/** `A - B` under broadcasting; integers wrap around. */
export const Sub = binary((a, b) => a - b, {
  since: 7,
  gradient: ({ g, inputs: [a, b], gradients: [dy], wanted }) => [
    wanted[0] ? rowSumTo(g, dy!, a!) : undefined,
    // Summed first: there is less to negate.
    wanted[1] ? g.op("Neg", [rowSumTo(g, dy!, b!)]) : undefined,
  ],
});
