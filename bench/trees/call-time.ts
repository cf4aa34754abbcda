import { median } from "./result.ts";
import type { CallTime } from "./model-case.ts";

/** Times and the middle of them. */
export function callTime(seconds: readonly number[]): CallTime {
  return { seconds, median: median(seconds) };
}

/** The largest absolute difference of two lists of numbers; Infinity for lengths that differ. */
export function largestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return Infinity;
  let largest = 0;
  for (let at = 0; at < one.length; at++) largest = Math.max(largest, Math.abs(one[at]! - other[at]!));
  return largest;
}
