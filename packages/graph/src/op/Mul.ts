import { binary } from "./elementwise.ts";
import { rowSumTo } from "./row-sum.ts";

/** `A * B` under broadcasting; integers wrap around. */
export const Mul = binary((a, b) => a * b, {
  since: 7,
  gradient: ({ g, inputs: [a, b], gradients: [dy], wanted }) => [
    wanted[0] ? rowSumTo(g, g.op("Mul", [dy, b]), a!) : undefined,
    wanted[1] ? rowSumTo(g, g.op("Mul", [dy, a]), b!) : undefined,
  ],
});
