import { variadic } from "./elementwise.ts";
import { rowSumTo } from "./row-sum.ts";

/** The sum of one or more inputs under broadcasting. */
export const Sum = variadic((...values) => values.reduce((sum, value) => sum + value, 0), {
  since: 8,
  family: "a floating-point type",
  gradient: ({ g, inputs, gradients, wanted }) =>
    inputs.map((input, at) => (wanted[at] ? rowSumTo(g, gradients[0]!, input!) : undefined)),
});
