import { binary } from "./elementwise.ts";
import { STEPWISE } from "./op-definition.ts";

/** The bits that are set in both of two integers, under broadcasting. */
export const BitwiseAnd = binary((a, b) => Number(BigInt(a) & BigInt(b)), {
  since: 18,
  family: "an integer type",
  gradient: STEPWISE,
});
