import { notNegative } from "../../../net/check-option.ts";
import { checkCounts, logMean } from "./check-label.ts";
import { expOf } from "./exp-of.ts";
import type { Objective } from "./objective.ts";
import { meanLoss } from "./target-sum.ts";

/** What {@link poisson} takes. */
export interface PoissonOptions {
  /** Second derivatives are taken this far above the score, so that steps stay short. Default 0.7. */
  readonly maxStep?: number;
}

/**
 * The negative log-likelihood of counts, less what no score changes: `e^s - y s`; the logarithm of the mean is learnt.
 * Derivatives `g = w * (e^s - y)`, `h = w * e^(s + maxStep)`.
 *
 * @throws DEFINITION_ILLEGAL for a `maxStep` below 0.
 */
export function poisson(options: PoissonOptions = {}): Objective {
  const { maxStep = 0.7 } = options;
  const widened = expOf(notNegative("poisson objective", "maxStep", maxStep));
  return Object.freeze<Objective>({
    name: "poisson",
    task: "regression",
    outputs: () => 1,
    check: checkCounts,
    initial: logMean,
    open: ({ rows, y, weight }) => ({
      begin() {},
      derivatives(scores, _, gradient, hessian) {
        for (let row = 0; row < rows; row++) {
          const own = weight === undefined ? 1 : weight[row]!;
          const mean = expOf(scores[row]!);
          gradient[row] = own * (mean - y[row]!);
          hessian[row] = own * mean * widened;
        }
      },
    }),
    link: { kind: "exp" },
    loss: (target, scores) => meanLoss(target, (row) => expOf(scores[row]!) - target.y[row]! * scores[row]!),
  });
}
