import { unary } from "./elementwise.ts";

/** The exponential. */
export const Exp = unary("a floating-point type", (x) => Math.exp(x));
