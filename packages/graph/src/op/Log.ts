import { unary } from "./elementwise.ts";

/** The natural logarithm. */
export const Log = unary("a floating-point type", (x) => Math.log(x));
