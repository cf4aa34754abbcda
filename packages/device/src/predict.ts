import {
  applyFallbackRule,
  isTidelineError,
  type ModelDefinition,
  type PredictionSource,
} from "@tideline/spec";
import type { CloudTier } from "./cloud.ts";
import type { Context } from "./context.ts";
import { fail } from "./fail.ts";
import type { SkipPlace } from "./model-runner.ts";
import type { ReleaseSlot } from "./release-slot.ts";

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
   * `cpu/onnx:RUNTIME_CRASHED`, `device:NOT_FOUND` (no model at hand), `device:RELEASE_HELD_BACK`, `cloud:CONSENT_MISSING`, `last:NOT_FOUND`. `CONSENT_MISSING` alone where
   * the person has not consented to the model's purpose, `RELEASE_KILLED` alone where it is switched off. Null where
   * the first place answered.
   */
  readonly reason: string | null;
}

/** What {@link answerWindow} needs. */
export interface AnswerOptions {
  readonly model: ModelDefinition;
  readonly slot: ReleaseSlot;
  /** The endpoint's tier, where the app passes it. */
  readonly cloud: CloudTier | undefined;
  /** The purposes that are granted at the moment. */
  readonly consent: () => readonly string[];
  /** The last answer of a model to the same session, if it is recent enough. */
  readonly last: Answer | null;
}

/**
 * Answers a window: by the model on the phone's runtimes, else by the endpoint where that is allowed, else by the last
 * answer, else by the rule.
 */
export async function answerWindow(
  context: Context,
  window: Float32Array,
  { model, slot, cloud, consent, last }: AnswerOptions,
): Promise<Answer> {
  const { labels, window: shape } = model;
  const { size, channels } = shape;
  const wanted = size * channels.length;
  if (window.length !== wanted)
    fail("ARGUMENT_INVALID", "predict", "window", window.length, `${wanted} values`);
  const reasons: string[] = [];
  const skip: SkipPlace = (place, error) => {
    const code = typeof error === "string" ? error : context.tally.report("predict", error);
    reasons.push(place === null ? code : `${place}:${code}`);
  };
  const answer = (
    source: PredictionSource,
    probabilities: Float32Array,
    release: string,
    runtime: string | null = null,
  ): Answer => {
    // The one with the highest probability; short decimals that give the same float32.
    const best = probabilities.reduce((top, value, at) => (value > probabilities[top]! ? at : top), 0);
    const short = Array.from(probabilities, (value) => Number(value.toPrecision(9)));
    const reason = reasons.join() || null;
    return { label: labels[best]!, source, release, runtime, probabilities: short, reason };
  };
  const mayRun = consent().includes(model.purpose);
  const mayAsk = (): boolean => consent().includes(model.purpose) && consent().includes(model.cloudPurpose);
  if (!mayRun) skip(null, "CONSENT_MISSING");
  const own = mayRun ? await slot.run(window, skip) : null;
  if (own) return answer("device", own.probabilities, own.release, own.runtime);
  // A model that is switched off is switched off everywhere.
  if (mayRun && !slot.isKilled()) {
    if (cloud && !mayAsk()) skip("cloud", "CONSENT_MISSING");
    else if (cloud) {
      try {
        const { probabilities, release } = await cloud(window, model, {
          ...context,
          isWanted: mayAsk,
        });
        return answer("endpoint", probabilities, release);
      } catch (error) {
        if (!isTidelineError(error)) throw error;
        skip("cloud", error);
      }
    }
    if (last) return { ...last, source: "last", reason: reasons.join() };
    skip("last", "NOT_FOUND");
  }
  const label = applyFallbackRule(model.fallback, channels, window);
  return {
    label,
    source: "rule",
    release: "none",
    runtime: null,
    probabilities: null,
    reason: reasons.join(),
  };
}
