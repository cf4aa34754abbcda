import { checkFinite } from "./check-label.ts";
import type { Objective } from "./objective.ts";
import { meanLabel, meanLoss } from "./target-sum.ts";

/**
 * Half the squared error, `(y - s)^2 / 2`: the mean is learnt.
 *
 * Derivatives in float64, then rounded to float32: `g = w * (s - y)`, `h = w`; without weights `g = s - y`, `h = 1`.
 */
export function squaredError(): Objective {
  return Object.freeze<Objective>({
    name: "squaredError",
    kernel: "squaredError",
    task: "regression",
    outputs: () => 1,
    check: checkFinite,
    initial: (target) => Float64Array.of(meanLabel(target)),
    open: ({ rows, y, weight }) => ({
      begin() {},
      derivatives(scores, _, gradient, hessian) {
        for (let row = 0; row < rows; row++) {
          const g = scores[row]! - y[row]!;
          gradient[row] = weight === undefined ? g : weight[row]! * g;
          hessian[row] = weight === undefined ? 1 : weight[row]!;
        }
      },
    }),
    link: { kind: "identity" },
    loss: (target, scores) => meanLoss(target, (row) => (target.y[row]! - scores[row]!) ** 2 / 2),
  });
}
