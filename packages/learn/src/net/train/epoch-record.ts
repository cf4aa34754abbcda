import { tidelineError } from "@tideline/spec";
import type { EpochRecord } from "./curve.ts";
import type { Evaluator } from "./evaluator.ts";
import type { NetData } from "./net-data.ts";
import type { NetMetric } from "./net-metric.ts";
import { numbersOf, type RunState } from "./run-state.ts";

/** What an epoch is looked at with. */
export interface EpochWatch {
  readonly evaluator: Evaluator;
  readonly validation: NetData;
  readonly metric: NetMetric | undefined;
}

/**
 * The record of an epoch whose steps are done.
 *
 * @param rate of its last step.
 * @throws ARGUMENT_INVALID when nothing in it had a weight; TRAINING_DIVERGED when a parameter or the loss of the
 *   validation rows is no number; what the metric and the runtime throw.
 */
export async function epochRecord(
  state: RunState,
  rate: number,
  watch: EpochWatch | undefined,
): Promise<EpochRecord> {
  const epoch = state.epoch + 1;
  if (!(state.weightSum > 0))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "trainNet",
      field: `augment, epoch ${epoch}`,
      expected: "a row with a weight above 0",
      received: "none",
      remedy: "An epoch without weights teaches nothing.",
    });
  const numbers = numbersOf(state);
  for (const [name, values] of Object.entries(numbers)) {
    const at = values.findIndex((value: number) => !Number.isFinite(value));
    if (at >= 0) throw diverged(epoch, `finite ${name}`, `${values[at]} at ${at}`);
  }
  const seen = await watch?.evaluator.evaluate(numbers);
  if (seen !== undefined && !Number.isFinite(seen.loss))
    throw diverged(epoch, "a finite loss of the validation rows", String(seen.loss));
  return Object.freeze({
    epoch,
    loss: state.lossSum / state.weightSum,
    rate,
    gradientNorm: state.gradientNorm,
    ...(seen === undefined ? {} : { validationLoss: seen.loss }),
    ...(seen === undefined || watch?.metric === undefined
      ? {}
      : { metric: watch.metric.of(seen.scores, watch.validation.target, watch.validation.rows) }),
  });
}

function diverged(epoch: number, expected: string, received: string): Error {
  return tidelineError("TRAINING_DIVERGED", {
    who: "trainNet",
    field: `epoch ${epoch}`,
    expected,
    received,
    remedy: "Lower the rate, clip the gradient, or look for extreme values in the rows.",
  });
}
