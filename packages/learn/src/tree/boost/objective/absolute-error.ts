import type { Objective } from "./objective.ts";
import { pinball } from "./quantile.ts";

/**
 * The absolute error, `|y - s|`: the median is learnt, and outliers pull no harder than others. Derivatives `g = -w`
 * where `s < y`, `w` elsewhere, `h = w`; leaves are given the median of what is left.
 */
export function absoluteError(): Objective {
  return pinball("absoluteError", 0.5, 2);
}
