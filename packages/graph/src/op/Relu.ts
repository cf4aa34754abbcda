import { unary } from "./elementwise.ts";

/** The input, or 0 where it is less. */
export const Relu = unary("a numeric type", (x) => (x < 0 ? 0 : x));
