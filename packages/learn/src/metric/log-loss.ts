import { tidelineError } from "@tideline/spec";
import type { Indices, Matrix } from "../matrix.ts";
import { checkPairs } from "./pair.ts";

/**
 * Mean of -log(probability of the true class), in nats, as scikit-learn's `log_loss`. Probabilities are clipped to
 * [eps, 1 - eps] with the float64 rounding unit, so that one confident mistake stays finite (36.04).
 *
 * @param probabilities [N, K]
 * @throws ARGUMENT_INVALID when the lengths differ or are 0, or a label is not a column.
 */
export function logLoss(y: Indices, probabilities: Matrix): number {
  checkPairs("logLoss", y, { length: probabilities.rows });
  const { columns, values } = probabilities;
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const label = y[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= columns) {
      throw tidelineError("ARGUMENT_INVALID", {
        who: "logLoss",
        field: `y[${i}]`,
        expected: `an integer in 0..${columns - 1}`,
        received: String(label),
      });
    }
    const probability = values[i * columns + label]!;
    sum -= Math.log(Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability)));
  }
  return sum / y.length;
}
