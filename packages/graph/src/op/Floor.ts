import { unary } from "./elementwise.ts";
import { STEPWISE } from "./op-definition.ts";

/** The largest whole number that is not more. */
export const Floor = unary(Math.floor, {
  since: 6,
  gradient: STEPWISE,
});
