import { unary } from "./elementwise.ts";

/** The negative. */
export const Neg = unary("a numeric type", (x) => -x);
