import { predictedBy } from "../objective/predicted-by.ts";
import type { BoostRun } from "../boost.ts";
import type { GrownOutput } from "./grown-round.ts";
import type { RoundRecord } from "./round-record.ts";

/** What a round came to, of the scores after it. */
export function recordOf(
  { objective, target, scores, settings, validation }: BoostRun,
  round: number,
  outputs: readonly GrownOutput[],
): RoundRecord {
  const { loss } = objective;
  const leaves = outputs.reduce(
    (sum, { tree }) => sum + tree.feature.reduce((own, feature) => own + (feature < 0 ? 1 : 0), 0),
    0,
  );
  return Object.freeze({
    round: round + 1,
    leaves,
    ...(settings.trainingLoss && loss !== undefined ? { loss: loss(target, scores) } : {}),
    ...(validation !== undefined && loss !== undefined
      ? { validationLoss: loss(validation.target, validation.scores) }
      : {}),
    ...(validation !== undefined && settings.metric !== undefined
      ? {
          metric: settings.metric.of(validation.target, validation.scores, () =>
            predictedBy(objective.link, validation.scores, outputs.length),
          ),
        }
      : {}),
  });
}
