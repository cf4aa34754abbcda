import { times, unary } from "./elementwise.ts";

/** `log(1 + exp(x))`, in a form that does not overflow. */
export const Softplus = unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), {
  since: 1,
  gradient: times((g, x) => g.op("Sigmoid", [x])),
});
