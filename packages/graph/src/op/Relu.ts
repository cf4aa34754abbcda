import { times, unary } from "./elementwise.ts";

/** The input, or 0 where it is less. Its gradient at 0 is 0, as in PyTorch. */
export const Relu = unary((x) => (x < 0 ? 0 : x), {
  since: 6,
  family: "a numeric type",
  // The output is never negative, so that its sign is the mask.
  gradient: times((g, _x, y) => g.op("Sign", [y])),
});
