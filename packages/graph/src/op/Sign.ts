import { unary } from "./elementwise.ts";
import { STEPWISE } from "./op-definition.ts";

/** -1, 0 or 1, as the input is below, at or above 0. */
export const Sign = unary((x) => Math.sign(x), { since: 9, family: "a numeric type", gradient: STEPWISE });
