import { times, unary } from "./elementwise.ts";
import { maskOf, scalarLike } from "./gradient.ts";

/** The input, or 0 where it is less. Its gradient at 0 is 0, as in PyTorch. */
export const Relu = unary((x) => (x < 0 ? 0 : x), {
  since: 6,
  family: "a numeric type",
  gradient: times((g, _x, y) => maskOf(g, g.op("Greater", [y, scalarLike(g, y, 0)]), y)),
});
