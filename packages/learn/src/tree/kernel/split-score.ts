/** A gradient sum drawn towards 0 by `l1`: `g - l1` above it, `g + l1` below `-l1`, 0 between. */
export function shrink(gradient: number, l1: number): number {
  if (gradient > l1) return gradient - l1;
  if (gradient < -l1) return gradient + l1;
  return 0;
}

/** What bounds the output of a leaf. */
export interface OutputBounds {
  /** Largest size; 0 for any. */
  readonly maxDelta: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * The output of a leaf with a shrunk gradient sum: `-shrunk / mass`, then cut to `maxDelta`, then to the bounds.
 *
 * @param mass `hessian + l2`, above 0.
 */
export function boundedOutput(shrunk: number, mass: number, bounds: OutputBounds): number {
  let output = -shrunk / mass;
  if (bounds.maxDelta > 0) {
    if (output > bounds.maxDelta) output = bounds.maxDelta;
    else if (output < -bounds.maxDelta) output = -bounds.maxDelta;
  }
  if (output < bounds.lower) return bounds.lower;
  if (output > bounds.upper) return bounds.upper;
  return output;
}

/** By how much an output lowers the loss: `-(2 * shrunk * output + mass * output * output)`, from left to right. */
export function reduction(shrunk: number, mass: number, output: number): number {
  return -(2 * shrunk * output + mass * output * output);
}
