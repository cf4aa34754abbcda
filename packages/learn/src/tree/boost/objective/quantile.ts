import { illegalOption } from "../../../net/check-option.ts";
import { checkFinite } from "./check-label.ts";
import type { Objective } from "./objective.ts";
import { meanLoss } from "./target-sum.ts";
import { weightedQuantile } from "./weighted-quantile.ts";

/** What {@link quantile} takes. */
export interface QuantileOptions {
  /** The share of labels that lie below what is predicted, between 0 and 1. Default 0.5, the median. */
  readonly share?: number;
}

/**
 * The pinball loss, `share * e` for an error `e = y - s` above 0 and `(share - 1) * e` below: a quantile is learnt (R.
 * Koenker and G. Bassett, "Regression Quantiles", Econometrica 46, 1978). Derivatives `g = -w * share` where `s < y`,
 * `w * (1 - share)` elsewhere, `h = w`; leaves are given the quantile of what is left.
 *
 * @throws DEFINITION_ILLEGAL for a share that is not between 0 and 1.
 */
export function quantile(options: QuantileOptions = {}): Objective {
  const { share = 0.5 } = options;
  if (!(share > 0 && share < 1))
    throw illegalOption("quantile objective", "share", "a number between 0 and 1", String(share));
  return pinball("quantile", share, 1);
}

/** The pinball loss times a factor. */
export function pinball(name: string, share: number, factor: number): Objective {
  const [below, above] = [-factor * share, factor * (1 - share)];
  return Object.freeze<Objective>({
    name,
    task: "regression",
    outputs: () => 1,
    check: checkFinite,
    initial: ({ y, weight }) => Float64Array.of(weightedQuantile(y.slice(), weight?.slice(), share)),
    open: ({ rows, y, weight }) => ({
      begin() {},
      derivatives(scores, _, gradient, hessian) {
        for (let row = 0; row < rows; row++) {
          const own = weight === undefined ? 1 : weight[row]!;
          gradient[row] = own * (scores[row]! < y[row]! ? below : above);
          hessian[row] = own;
        }
      },
    }),
    link: { kind: "identity" },
    loss: (target, scores) =>
      meanLoss(target, (row) => {
        const error = scores[row]! - target.y[row]!;
        return error * (error < 0 ? below : above);
      }),
    leafValue: (residuals, weights) => weightedQuantile(residuals, weights, share),
  });
}
