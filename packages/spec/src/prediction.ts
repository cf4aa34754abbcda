import { event, type EventDefinition } from "./event.ts";
import { t } from "./type.ts";

/**
 * Where a prediction was made: on the phone, by the endpoint, by repeating the last answer of the session, or by the
 * rule of last resort.
 */
export const PREDICTION_SOURCES = ["device", "endpoint", "last", "rule"] as const;
export type PredictionSource = (typeof PREDICTION_SOURCES)[number];

/** Fields of the event by which a phone reports a prediction. */
const fields = {
  prediction_id: t.id(),
  session: t.id(),
  /** First sample of the window in its session. */
  start: t.int({ min: 0 }),
  model: t.id(),
  /** Release that answered; `none` where no release was at hand. */
  release: t.id(),
  /** Content hash of the definition that the phone was built with. */
  definition: t.id(),
  label: t.id(),
  probabilities: t.optional(t.vector(0)),
  source: t.string({ oneOf: PREDICTION_SOURCES }),
  /** Why it was not the device's own model, where it was not. */
  reason: t.optional(t.string()),
  latency_ms: t.float({ unit: "ms", min: 0 }),
} as const;

/**
 * The event by which a phone reports each prediction of a model with `labels` answers; the loop closes through it.
 * `probabilities` are in the order of the model's labels.
 */
export function predictionEvent<const Purpose extends string>(options: {
  purpose: Purpose;
  retain: string;
  labels: readonly string[];
}): EventDefinition<"prediction", typeof fields, Purpose, never> {
  return event(
    "prediction",
    { ...fields, probabilities: t.optional(t.vector(options.labels.length)) },
    { purpose: options.purpose, retain: options.retain },
  ) as unknown as EventDefinition<"prediction", typeof fields, Purpose, never>;
}
