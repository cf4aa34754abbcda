import { unary } from "./elementwise.ts";
import { STEPWISE } from "./op-definition.ts";

/** The nearest whole number; of two, the even one. */
function roundHalfToEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

/** The nearest whole number; of two, the even one. */
export const Round = unary(roundHalfToEven, {
  since: 11,
  gradient: STEPWISE,
});
