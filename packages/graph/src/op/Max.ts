import { toTheChosen, variadic } from "./elementwise.ts";

/** The largest of one or more inputs under broadcasting; NaN wins. Equal ones share the gradient, as in PyTorch's `maximum`. */
export const Max = variadic(Math.max, { since: 8, gradient: toTheChosen });
