import { binary } from "./elementwise.ts";
import { rowSumTo } from "./row-sum.ts";

/** `A + B` under broadcasting; integers wrap around. */
export const Add = binary((a, b) => a + b, {
  since: 7,
  gradient: ({ g, inputs, gradients, wanted }) =>
    inputs.map((input, at) => (wanted[at] ? rowSumTo(g, gradients[0]!, input!) : undefined)),
});
