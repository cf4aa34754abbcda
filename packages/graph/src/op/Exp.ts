import { times, unary } from "./elementwise.ts";

/** The exponential. */
export const Exp = unary((x) => Math.exp(x), { since: 6, gradient: times((_g, _x, y) => y) });
