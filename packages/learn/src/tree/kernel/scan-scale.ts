import type { QuantisedSums, ScanLimits } from "./tree-kernels.ts";

/**
 * A scan's limits in the units of the tree's two scales: the sums of a histogram are compared as the integers that
 * they are, and only the gain that is found is turned back.
 */
export interface QuantisedLimits {
  /** `l1 / scales.gradient` */
  readonly l1: number;
  /** `l2 / scales.hessian` */
  readonly l2: number;
  /** The hessian that each side must have. */
  readonly least: number;
  /** `maxDelta`, `lower` and `upper`, each divided by `scales.gradient / scales.hessian`. */
  readonly maxDelta: number;
  readonly lower: number;
  readonly upper: number;
  /** Whether outputs are bounded at all, so that the second of the two scans is used. */
  readonly bounded: boolean;
  /** One unit of gain: `scales.gradient * scales.gradient / scales.hessian`, from left to right. */
  readonly unit: number;
}

/**
 * Turns limits into the tree's units. The hessian that each side must have is the greatest of
 *
 * - 1;
 * - `minChildWeight / scales.hessian`;
 * - `((minChildRows - 0.5) * sums.hessian) / rows`, where `minChildRows` is above 1: rows are estimated from the share
 *   of the hessian and rounded to the nearest, as LightGBM does; where all rows have equal hessians that is exact.
 */
export function quantisedLimits(limits: ScanLimits, scales: QuantisedSums): QuantisedLimits {
  const output = scales.gradient / scales.hessian;
  return {
    l1: limits.l1 / scales.gradient,
    l2: limits.l2 / scales.hessian,
    least: leastHessian(limits, limits.minChildRows, scales),
    maxDelta: limits.maxDelta / output,
    lower: limits.lower / output,
    upper: limits.upper / output,
    bounded:
      limits.maxDelta > 0 ||
      limits.lower > -Infinity ||
      limits.upper < Infinity ||
      limits.monotone !== undefined,
    unit: (scales.gradient * scales.gradient) / scales.hessian,
  };
}

/** The hessian that a side must have so that it has the weight and, by estimate, the rows. */
export function leastHessian(
  limits: ScanLimits,
  minRows: number,
  scales: { readonly hessian: number },
): number {
  const byRows = minRows > 1 ? ((minRows - 0.5) * limits.sums.hessian) / limits.rows : 0;
  return Math.max(1, limits.minChildWeight / scales.hessian, byRows);
}
