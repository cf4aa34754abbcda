import { unary } from "./elementwise.ts";
import { STEPWISE } from "./op-definition.ts";

/** Every bit the other way, in two's complement. */
export const BitwiseNot = unary((x) => -x - 1, {
  since: 18,
  family: "an integer type",
  gradient: STEPWISE,
});
