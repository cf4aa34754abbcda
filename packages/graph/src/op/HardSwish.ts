import { times, unary } from "./elementwise.ts";
import { scalarLike } from "./gradient.ts";

/** `x` times the input's place between -3 and 3, from 0 to 1. Its gradient is 0 at -3 and 1 at 3, as in PyTorch. */
export const HardSwish = unary((x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)), {
  since: 14,
  gradient: times((g, x) => {
    const inside = g.op("Add", [g.op("Mul", [x, scalarLike(g, x, 1 / 3)]), scalarLike(g, x, 0.5)]);
    const above = g.op("Where", [g.op("Greater", [x, scalarLike(g, x, -3)]), inside, scalarLike(g, x, 0)]);
    return g.op("Where", [g.op("Less", [x, scalarLike(g, x, 3)]), above, scalarLike(g, x, 1)]);
  }),
});
