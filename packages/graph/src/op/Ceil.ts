import { unary } from "./elementwise.ts";
import { STEPWISE } from "./op-definition.ts";

/** The smallest whole number that is not less. */
export const Ceil = unary(Math.ceil, {
  since: 6,
  gradient: STEPWISE,
});
