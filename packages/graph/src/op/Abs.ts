import { times, unary } from "./elementwise.ts";

/** The absolute value. Its gradient at 0 is 0, as in PyTorch. */
export const Abs = unary((x) => Math.abs(x), {
  since: 6,
  family: "a numeric type",
  gradient: times((g, x) => g.op("Sign", [x])),
});
