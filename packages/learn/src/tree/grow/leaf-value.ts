import { boundedOutput, type OutputBounds, shrink } from "../kernel/split-score.ts";

/** Sums of derivatives in the unit of the loss. */
export interface RealSums {
  readonly gradient: number;
  readonly hessian: number;
}

/**
 * The value of a leaf: `-shrink(gradient, l1) / (hessian + l2)`, cut to `maxDelta` and the bounds; where nothing is to
 * be divided by, 0 within the bounds.
 */
export function leafValue(sums: RealSums, l1: number, l2: number, bounds: OutputBounds): number {
  const mass = sums.hessian + l2;
  // Adding 0 makes 0 of -0.
  if (mass > 0) return boundedOutput(shrink(sums.gradient, l1), mass, bounds) + 0;
  return Math.min(Math.max(0, bounds.lower), bounds.upper);
}
