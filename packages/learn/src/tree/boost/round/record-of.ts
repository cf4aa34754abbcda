import type { Tree } from "../../tree-ensemble.ts";
import { predictedBy } from "../objective/predicted-by.ts";
import type { BoostRun } from "../boost.ts";
import type { RoundRecord } from "./round-record.ts";

/** What a round came to, of the scores after it. */
export function recordOf(
  { objective, target, scores, settings, validation }: BoostRun,
  round: number,
  trees: readonly Tree[],
): RoundRecord {
  const { loss } = objective;
  const leaves = trees.reduce(
    (sum, tree) => sum + tree.feature.reduce((own, feature) => own + (feature < 0 ? 1 : 0), 0),
    0,
  );
  return Object.freeze({
    round: round + 1,
    leaves,
    ...(settings.trainingLoss && loss !== undefined ? { loss: numberOf(loss(target, scores)) } : {}),
    ...(validation !== undefined && loss !== undefined
      ? { validationLoss: numberOf(loss(validation.target, validation.scores)) }
      : {}),
    ...(validation !== undefined && settings.metric !== undefined
      ? {
          metric: numberOf(
            settings.metric.of(validation.target, validation.scores, () =>
              predictedBy(objective.link, validation.scores, trees.length),
            ),
          ),
        }
      : {}),
  });
}

/** What a function of the user's gave; NaN where it gave no number. */
function numberOf(given: unknown): number {
  return typeof given === "number" ? given : NaN;
}
