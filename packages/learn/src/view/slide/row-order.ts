import { order } from "../kernel/comparison.ts";
import type { PlacedRows, PlacedValues } from "./slider.ts";

/** The order of `last` between two places: by time, then by known time, then by value. Positive where the left is later. */
export function rowOrder(
  { times, known }: PlacedRows,
  { values }: PlacedValues,
): (left: number, right: number) => number {
  return (left, right) =>
    times[left]! - times[right]! || known[left]! - known[right]! || order(values[left]!, values[right]!);
}
