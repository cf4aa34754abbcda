import { toTheChosen, variadic } from "./elementwise.ts";

/** The smallest of one or more inputs under broadcasting; NaN wins. Equal ones share the gradient, as in PyTorch's `minimum`. */
export const Min = variadic(Math.min, { since: 8, gradient: toTheChosen });
