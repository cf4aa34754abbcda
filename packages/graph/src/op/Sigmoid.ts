import { unary } from "./elementwise.ts";

/** The logistic function, `1 / (1 + exp(-x))`. */
export const Sigmoid = unary("a floating-point type", (x) => 1 / (1 + Math.exp(-x)));
