import {
  applyFallbackRule,
  isTidelineError,
  tidelineError,
  type ModelDefinition,
  type PredictionSource,
} from "@tideline/spec";
import type { CloudOptions, CloudTier } from "./cloud.ts";
import type { ReleaseSlot } from "./release-slot.ts";
import type { Tally } from "./tally.ts";

/** An answer to a window, from wherever it could be had. */
export interface Answer {
  readonly label: string;
  readonly source: PredictionSource;
  /** Id of the release that answered, or `none`. */
  readonly release: string;
  /** `tier/name` of the runtime that answered; null where no model on the phone did. */
  readonly runtime: string | null;
  /** In the order of the model's labels; null where the rule answered. */
  readonly probabilities: readonly number[] | null;
  /**
   * Why each place before this one could not answer, as `place:CODE`, joined by commas: `cpu/onnx:RUNTIME_UNSUPPORTED`,
   * `device:NOT_FOUND` (no model at hand), `cloud:CONSENT_MISSING`, `last:NOT_FOUND`. `CONSENT_MISSING` alone where
   * the person has not consented to the model's purpose, `RELEASE_KILLED` alone where it is switched off. Null where
   * the first place answered.
   */
  readonly reason: string | null;
}

/** What {@link answerWindow} needs. */
export interface AnswerOptions {
  readonly model: ModelDefinition;
  readonly slot: ReleaseSlot;
  /** Null where the app passes none. */
  readonly cloud: CloudTier | null;
  readonly cloudOptions: CloudOptions;
  readonly consent: readonly string[];
  readonly tally: Tally;
  /** The last answer of a model to the same session, if it is recent enough. */
  readonly last: Answer | null;
}

/** The label with the highest probability, and the probabilities as short decimals that give the same float32. */
function decide(
  probabilities: Float32Array,
  labels: readonly string[],
): { label: string; probabilities: number[] } {
  const best = probabilities.reduce((top, value, index) => (value > probabilities[top]! ? index : top), 0);
  return {
    label: labels[best]!,
    probabilities: Array.from(probabilities, (value) => Number(value.toPrecision(9))),
  };
}

/**
 * Answers a window: by the model on the phone's runtimes, else by the endpoint where that is allowed, else by the last
 * answer, else by the rule.
 */
export async function answerWindow(window: Float32Array, options: AnswerOptions): Promise<Answer> {
  const { model, slot, cloud, consent, tally, last } = options;
  const { size, channels } = model.window;
  if (window.length !== size * channels.length) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "predict",
      field: "window",
      expected: `${size} x ${channels.length} values`,
      received: `${window.length} values`,
    });
  }
  const reasons: string[] = [];
  const byRule = (): Answer => ({
    label: applyFallbackRule(model.fallback, channels, window),
    source: "rule",
    release: "none",
    runtime: null,
    probabilities: null,
    reason: reasons.join(),
  });
  if (!consent.includes(model.purpose)) {
    reasons.push("CONSENT_MISSING");
    return byRule();
  }
  const reason = (): string | null => reasons.join() || null;
  const own = await slot.run(window, (place, error) => {
    const code = typeof error === "string" ? error : tally.report("predict", error);
    reasons.push(place === null ? code : `${place}:${code}`);
  });
  if (own !== null) {
    const { release, runtime } = own;
    return {
      ...decide(own.probabilities, model.labels),
      source: "device",
      release,
      runtime,
      reason: reason(),
    };
  }
  // A model that is switched off is switched off everywhere.
  if (reasons.includes("RELEASE_KILLED")) return byRule();
  if (cloud !== null && !consent.includes(model.cloudPurpose)) reasons.push("cloud:CONSENT_MISSING");
  else if (cloud !== null) {
    try {
      const { probabilities, release } = await cloud(window, model, options.cloudOptions);
      const answer = decide(probabilities, model.labels);
      return { ...answer, source: "endpoint", release, runtime: null, reason: reason() };
    } catch (error) {
      if (!isTidelineError(error)) throw error;
      reasons.push(`cloud:${tally.report("predict", error)}`);
    }
  }
  if (last !== null) return { ...last, source: "last", reason: reason() };
  reasons.push("last:NOT_FOUND");
  return byRule();
}
