import { positive } from "../../../net/check-option.ts";
import { checkFinite } from "./check-label.ts";
import { huberLocation } from "./huber-location.ts";
import type { Objective } from "./objective.ts";
import { meanLoss } from "./target-sum.ts";

/** What {@link huber} takes. */
export interface HuberOptions {
  /** The error beyond which the loss grows in proportion, in the unit of the labels. Default 1. */
  readonly delta?: number;
}

/**
 * Half the squared error up to `delta`, `delta * (|e| - delta / 2)` beyond (P. Huber, "Robust Estimation of a Location
 * Parameter", Ann. Math. Statist. 35, 1964). Derivatives `g = w * clip(s - y, -delta, delta)`, `h = w`; leaves are given
 * the number of least loss.
 *
 * @throws DEFINITION_ILLEGAL for a delta that is not above 0.
 */
export function huber(options: HuberOptions = {}): Objective {
  const { delta = 1 } = options;
  positive("huber objective", "delta", delta);
  return Object.freeze<Objective>({
    name: "huber",
    task: "regression",
    outputs: () => 1,
    check: checkFinite,
    initial: ({ y, weight }) => Float64Array.of(huberLocation(y.slice(), weight?.slice(), delta)),
    open: ({ rows, y, weight }) => ({
      begin() {},
      derivatives(scores, _, gradient, hessian) {
        for (let row = 0; row < rows; row++) {
          const own = weight === undefined ? 1 : weight[row]!;
          gradient[row] = own * Math.max(-delta, Math.min(delta, scores[row]! - y[row]!));
          hessian[row] = own;
        }
      },
    }),
    link: { kind: "identity" },
    loss: (target, scores) =>
      meanLoss(target, (row) => {
        const error = Math.abs(target.y[row]! - scores[row]!);
        const near = Math.min(error, delta);
        return near * (error - near / 2);
      }),
    leafValue: (residuals, weights) => huberLocation(residuals, weights, delta),
  });
}
