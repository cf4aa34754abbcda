import { unary } from "./elementwise.ts";

/** The square root; NaN below zero. */
export const Sqrt = unary("a floating-point type", (x) => Math.sqrt(x));
