import { unary } from "./elementwise.ts";

/** The hyperbolic tangent. */
export const Tanh = unary("a floating-point type", Math.tanh);
