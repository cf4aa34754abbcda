import type { BoostTarget, BoostTask } from "../objective/objective.ts";

/** A figure of merit over validation rows. Weights do not enter: it is what a reader of the figure expects. */
export interface BoostMetric {
  readonly name: string;
  readonly better: "higher" | "lower";
  /** What it can judge. Default any. */
  readonly tasks?: readonly BoostTask[];
  /**
   * @param scores raw ones, row-major.
   * @param predicted what the objective's link makes of them: probabilities of all classes, or numbers.
   */
  readonly of: (target: BoostTarget, scores: Float64Array, predicted: () => Float64Array) => number;
}
