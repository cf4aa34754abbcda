import { binary } from "./elementwise.ts";
import { sumTo } from "./gradient.ts";

/** `A * B` under broadcasting. */
export const Mul = binary(
  (a, b) => a * b,
  ({ g, inputs: [a, b], gradients: [dy], wanted }) => [
    wanted[0] ? sumTo(g, g.op("Mul", [dy, b]), a!) : undefined,
    wanted[1] ? sumTo(g, g.op("Mul", [dy, a]), b!) : undefined,
  ],
);
