import { variadic } from "./elementwise.ts";
import { scalarLike, sumTo } from "./gradient.ts";

/** The mean of one or more inputs under broadcasting. */
export const Mean = variadic((...values) => values.reduce((sum, value) => sum + value, 0) / values.length, {
  since: 8,
  family: "a floating-point type",
  gradient({ g, inputs, gradients: [dy], wanted }) {
    const share = inputs.length === 1 ? dy! : g.op("Div", [dy, scalarLike(g, dy!, inputs.length)]);
    return inputs.map((input, at) => (wanted[at] ? sumTo(g, share, input!) : undefined));
  },
});
