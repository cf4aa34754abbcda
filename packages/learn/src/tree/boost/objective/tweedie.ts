import { illegalOption } from "../../../net/check-option.ts";
import { checkCounts, logMean } from "./check-label.ts";
import { expOf } from "./exp-of.ts";
import type { Objective } from "./objective.ts";
import { meanLoss } from "./target-sum.ts";

/** What {@link tweedie} takes. */
export interface TweedieOptions {
  /** The variance grows as this power of the mean, between 1 (counts) and 2 (gamma). Default 1.5. */
  readonly power?: number;
}

/**
 * The negative log-likelihood of sums of a random number of amounts, many of them 0 (M. Tweedie, "An index which
 * distinguishes between some important exponential families", 1984), less what no score changes:
 * `e^((2 - p) s) / (2 - p) - y e^((1 - p) s) / (1 - p)`; the logarithm of the mean is learnt. Derivatives
 * `g = w * (e^((2 - p) s) - y e^((1 - p) s))`, `h = w * ((2 - p) e^((2 - p) s) - (1 - p) y e^((1 - p) s))`.
 *
 * @throws DEFINITION_ILLEGAL for a power that is not between 1 and 2.
 */
export function tweedie(options: TweedieOptions = {}): Objective {
  const { power = 1.5 } = options;
  if (!(power > 1 && power < 2))
    throw illegalOption("tweedie objective", "power", "a number between 1 and 2", String(power));
  const [one, two] = [1 - power, 2 - power];
  return Object.freeze<Objective>({
    name: "tweedie",
    task: "regression",
    outputs: () => 1,
    check: checkCounts,
    initial: logMean,
    open: ({ rows, y, weight }) => ({
      begin() {},
      derivatives(scores, _, gradient, hessian) {
        for (let row = 0; row < rows; row++) {
          const own = weight === undefined ? 1 : weight[row]!;
          const paid = y[row]! * expOf(one * scores[row]!);
          const expected = expOf(two * scores[row]!);
          gradient[row] = own * (expected - paid);
          hessian[row] = own * (two * expected - one * paid);
        }
      },
    }),
    link: { kind: "exp" },
    loss: (target, scores) =>
      meanLoss(
        target,
        (row) => expOf(two * scores[row]!) / two - (target.y[row]! * expOf(one * scores[row]!)) / one,
      ),
  });
}
