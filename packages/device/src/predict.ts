import {
  applyFallbackRule,
  isTidelineError,
  tidelineError,
  type ErrorCode,
  type ModelDefinition,
  type PredictionSource,
} from "@tideline/spec";
import { askEndpoint, type EndpointOptions } from "./endpoint.ts";
import type { ReleaseSlot } from "./release-slot.ts";
import type { Tally } from "./tally.ts";

/** An answer to a window, from wherever it could be had. */
export interface Answer {
  readonly label: string;
  readonly source: PredictionSource;
  /** Id of the release that answered, or `none`. */
  readonly release: string;
  /** In the order of the model's labels; null where the rule answered. */
  readonly probabilities: readonly number[] | null;
  /** Codes that say why the places before this one could not answer, joined by commas; null for the device. */
  readonly reason: string | null;
}

/** What {@link answerWindow} needs. */
export interface AnswerOptions {
  readonly model: ModelDefinition;
  readonly slot: ReleaseSlot;
  readonly endpoint: EndpointOptions;
  /** Whether the person consented to sending windows away. */
  readonly mayAsk: boolean;
  readonly tally: Tally;
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

/** Answers a window: by the model on the device, else by the endpoint where that is allowed, else by the rule. */
export async function answerWindow(window: Float32Array, options: AnswerOptions): Promise<Answer> {
  const { model, slot, endpoint, mayAsk, tally } = options;
  const { size, channels } = model.window;
  if (window.length !== size * channels.length) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "predict",
      field: "window",
      expected: `${size} x ${channels.length} values`,
      received: `${window.length} values`,
    });
  }
  const codeOf = (error: unknown): ErrorCode => {
    if (!isTidelineError(error)) throw error;
    return tally.report("predict", error);
  };
  const byRule = (reason: string): Answer => {
    const label = applyFallbackRule(model.fallback, channels, window);
    return { label, source: "rule", release: "none", probabilities: null, reason };
  };

  const active = slot.current();
  let reason: string;
  if (typeof active === "string") reason = active;
  else {
    try {
      const answer = decide(await active.run(window), model.labels);
      return { ...answer, source: "device", release: active.release.id, reason: null };
    } catch (error) {
      reason = codeOf(error);
    }
  }
  // A model that is switched off is switched off everywhere.
  if (reason === "RELEASE_KILLED") return byRule(reason);
  if (!mayAsk) return byRule(`${reason},CONSENT_MISSING`);
  try {
    const { probabilities, release } = await askEndpoint(window, model, endpoint);
    return { ...decide(probabilities, model.labels), source: "endpoint", release, reason };
  } catch (error) {
    return byRule(`${reason},${codeOf(error)}`);
  }
}
