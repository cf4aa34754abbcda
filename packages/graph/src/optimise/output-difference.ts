import { ELEMENT_TYPES } from "../element-type.ts";
import type { Tensor } from "../op/op-definition.ts";

/**
 * The largest difference between two results of a graph, each output's relative to its largest magnitude. Positions and
 * other integers are compared (and count as 1 where they differ) only where nothing at all may change: a class may turn
 * where two are nearly equal.
 */
export function outputDifference(
  before: Readonly<Record<string, Tensor>>,
  after: Readonly<Record<string, Tensor>>,
  exact: boolean,
): number {
  let most = 0;
  for (const [name, { elementType, dims, values }] of Object.entries(before)) {
    const other = after[name];
    if (other === undefined || other.elementType !== elementType || other.dims.join() !== dims.join())
      return Infinity;
    const floating = ELEMENT_TYPES[elementType].kind === "float";
    if (!floating && !exact) continue;
    let largest = floating ? 0 : 1;
    if (floating)
      for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
    for (const [at, value] of values.entries()) {
      const twin = other.values[at]!;
      if (Object.is(value, twin) || value === twin) continue;
      if (!floating) return 1;
      const difference = Math.abs(value - twin);
      if (!Number.isFinite(difference)) return Infinity;
      most = Math.max(most, difference / Math.max(largest, Number.MIN_VALUE));
    }
  }
  return most;
}
