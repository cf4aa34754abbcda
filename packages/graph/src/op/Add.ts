import { binary } from "./elementwise.ts";
import { sumTo } from "./gradient.ts";

/** `A + B` under broadcasting; integers wrap around. */
export const Add = binary((a, b) => a + b, {
  since: 7,
  gradient: ({ g, inputs, gradients, wanted }) =>
    inputs.map((input, at) => (wanted[at] ? sumTo(g, gradients[0]!, input!) : undefined)),
});
