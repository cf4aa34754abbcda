import { positive } from "../check-option.ts";
import type { Loss } from "./loss.ts";
import { lossOfNumbers, type RowsOptions } from "./rows.ts";

/** What {@link binary} takes. */
export interface BinaryOptions extends RowsOptions {
  /** How much more a positive counts than a negative. Default 1. */
  readonly positiveWeight?: number;
}

/**
 * Cross-entropy of a sigmoid of the scores with targets in [0, 1], from logits by softplus, so that no score overflows:
 * `(1 - t) x + (1 + (w - 1) t) log(1 + exp(-x))`. With `outputs` there are several labels a row.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; from `write` for scores of another shape than the targets.
 * @example
 * const loss = binary({ positiveWeight: 5 });
 */
export function binary(options: BinaryOptions = {}): Loss {
  const { positiveWeight = 1 } = options;
  positive("binary loss", "positiveWeight", positiveWeight);
  return lossOfNumbers("binary", options, (g, x, t) => {
    const wrong = g.op("Softplus", [g.op("Neg", [x])]);
    const more = g.op("Add", [g.op("Mul", [t, g.scalar(positiveWeight - 1)]), g.scalar(1)]);
    const positivePart = positiveWeight === 1 ? wrong : g.op("Mul", [more, wrong]);
    return g.op("Add", [g.op("Mul", [g.op("Sub", [g.scalar(1), t]), x]), positivePart]);
  });
}
