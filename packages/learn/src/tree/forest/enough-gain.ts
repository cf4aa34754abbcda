import type { ForestSource } from "./forest-source.ts";

/** Scores that differ by less are equal but for rounding. */
const ROUNDING = 1e-12;

/**
 * A score that no feature betters but by rounding: a search that has found it need not look at others. Of two rows it is
 * any, of two classes that of pure sides; Infinity where it would cost more than it saves.
 *
 * @param total the node's sums of weights, and of weight times target.
 */
export function enoughGain(
  { classes, gainScale }: Pick<ForestSource, "classes" | "gainScale">,
  total: Float64Array,
  rows: number,
): number {
  if (rows === 2) return -Infinity;
  // Of numbers the scale is the square of a power of two; only two classes have 2.
  if (classes !== 0 || gainScale !== 2) return Infinity;
  const W = total[0]!;
  const S = total[1]!;
  return ((S * (W - S)) / W) * (1 - ROUNDING);
}
