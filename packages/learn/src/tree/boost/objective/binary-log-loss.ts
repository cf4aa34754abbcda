import { keptShare, sigmoid } from "./class-probability.ts";
import { checkLabels } from "./check-label.ts";
import type { Objective } from "./objective.ts";
import { meanLabel, meanLoss } from "./target-sum.ts";

/** Second derivatives are never less, before weights: a row that is certain keeps a denominator. */
export const LEAST_CURVATURE = 1e-16;

/**
 * The negative log-likelihood of two classes, `log(1 + e^s) - y s`, of one score: the log-odds of the second class.
 *
 * Derivatives in this order of float64 operations, then rounded to float32: `p = 1 / (1 + expOf(-s))`,
 * `g = w * (p - y)`, `h = w * max(p * (1 - p), 1e-16)`; without weights no multiplication by w.
 */
export function binaryLogLoss(): Objective {
  return Object.freeze<Objective>({
    name: "binaryLogLoss",
    kernel: "binaryLogLoss",
    task: "classification",
    outputs: () => 1,
    check: (who, target) => checkLabels(who, target, "0 or 1", (value) => value === 0 || value === 1),
    initial(target) {
      const share = keptShare(meanLabel(target));
      return Float64Array.of(Math.log(share / (1 - share)));
    },
    open: ({ rows, y, weight }) => ({
      begin() {},
      derivatives(scores, _, gradient, hessian) {
        for (let row = 0; row < rows; row++) {
          const p = sigmoid(scores[row]!);
          const g = p - y[row]!;
          const h = Math.max(p * (1 - p), LEAST_CURVATURE);
          gradient[row] = weight === undefined ? g : weight[row]! * g;
          hessian[row] = weight === undefined ? h : weight[row]! * h;
        }
      },
    }),
    link: { kind: "logistic", scale: 1 },
    loss: (target, scores) =>
      meanLoss(target, (row) => {
        const score = scores[row]!;
        return Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0) - target.y[row]! * score;
      }),
  });
}
