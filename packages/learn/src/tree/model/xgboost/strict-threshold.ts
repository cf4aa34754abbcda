import { numberBefore } from "@tideline/graph/number-before";
import { numberAfter } from "../number-after.ts";

/**
 * The threshold t such that `x <= t` says of a number of double precision what XGBoost's `x < bound` says of it after rounding it to
 * single precision: halfway to the number before the bound, or just below where a tie is rounded to the bound.
 *
 * @param bound of single precision, finite
 */
export function strictThreshold(bound: number): number {
  const before = numberBefore(bound);
  // Below the least finite number there is -Infinity, to which what lies beyond half a step is rounded.
  const middle = before === -Infinity ? -(2 ** 128) + 2 ** 103 : (before + bound) / 2;
  return Math.fround(middle) < bound ? middle : -numberAfter(-middle);
}
