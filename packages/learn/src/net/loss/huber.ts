import { positive } from "../check-option.ts";
import type { Loss } from "./loss.ts";
import { lossOfNumbers, type RowsOptions } from "./rows.ts";

/** What {@link huber} takes. */
export interface HuberOptions extends RowsOptions {
  /** The error beyond which the loss grows in proportion, in the unit of the target. Default 1. */
  readonly delta?: number;
}

/**
 * Half the squared error up to `delta`, `delta * (|error| - delta / 2)` beyond: outliers pull no harder than that (P.
 * Huber, "Robust Estimation of a Location Parameter", Ann. Math. Statist. 35, 1964).
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; from `write` for scores of another shape than the targets.
 */
export function huber(options: HuberOptions = {}): Loss {
  const { delta = 1 } = options;
  positive("huber loss", "delta", delta);
  return lossOfNumbers("huber", options, (g, score, target) => {
    const error = g.op("Sub", [score, target]);
    // With c = error clipped to delta both branches are c * (error - c / 2).
    const near = g.op("Clip", [error, g.scalar(-delta), g.scalar(delta)]);
    return g.op("Mul", [near, g.op("Sub", [error, g.op("Mul", [near, g.scalar(0.5)])])]);
  });
}
