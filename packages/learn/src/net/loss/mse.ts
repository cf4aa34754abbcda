import type { Loss } from "./loss.ts";
import { lossOfNumbers, type RowsOptions } from "./rows.ts";

/**
 * The mean squared difference of scores and targets.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; from `write` for scores of another shape than the targets.
 */
export function mse(options: RowsOptions = {}): Loss {
  return lossOfNumbers("mse", options, (g, score, target) => {
    const error = g.op("Sub", [score, target]);
    return g.op("Mul", [error, error]);
  });
}
