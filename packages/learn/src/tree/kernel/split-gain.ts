import type { QuantisedLimits } from "./scan-scale.ts";
import { boundedOutput, reduction, shrink } from "./split-score.ts";
import type { QuantisedSums } from "./tree-kernels.ts";

/**
 * By how much a split lowers the loss, in the unit of the loss. With the shrunk gradients `s`, `t`, `p` and the masses
 * `a`, `b`, `c` (hessian + l2) of left, right and the leaf itself:
 *
 * - unbounded: `((s * s) / a + (t * t) / b - (p * p) / c) * unit`
 * - bounded: `(reduction(s, a) + reduction(t, b) - reduction(p, c)) * unit`, each with its bounded output
 *
 * from left to right, in float64 (`a` and `b` as `hessian + l2`, where the l2 of sides may be another one). What does not exceed 2^-40 of the first two terms is rounding, and counts as 0.
 */
export function splitGain(
  left: QuantisedSums,
  total: QuantisedSums,
  limits: QuantisedLimits,
  l2 = limits.l2,
): number {
  const { l1 } = limits;
  const s = shrink(left.gradient, l1);
  const t = shrink(total.gradient - left.gradient, l1);
  const p = shrink(total.gradient, l1);
  const a = left.hessian + l2;
  const b = total.hessian - left.hessian + l2;
  const c = total.hessian + limits.l2;
  const halves = limits.bounded ? bounded(s, a, limits) + bounded(t, b, limits) : (s * s) / a + (t * t) / b;
  const gain = halves - (limits.bounded ? bounded(p, c, limits) : (p * p) / c);
  return Math.abs(gain) <= halves * 2 ** -40 ? 0 : gain * limits.unit;
}

function bounded(shrunk: number, mass: number, limits: QuantisedLimits): number {
  return reduction(shrunk, mass, boundedOutput(shrunk, mass, limits));
}
