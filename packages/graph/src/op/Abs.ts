import { unary } from "./elementwise.ts";

/** The absolute value. */
export const Abs = unary("a numeric type", (x) => Math.abs(x));
