import { binary } from "./elementwise.ts";
import { STEPWISE } from "./op-definition.ts";

/** The bits that are set in just one of two integers, under broadcasting. */
export const BitwiseXor = binary((a, b) => Number(BigInt(a) ^ BigInt(b)), {
  since: 18,
  family: "an integer type",
  gradient: STEPWISE,
});
