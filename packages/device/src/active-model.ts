import {
  isTidelineError,
  messageOf,
  parseJson,
  tidelineError,
  type ReleaseMetadata,
  type SelfTestVectors,
  type TextCodec,
} from "@tideline/spec";
import type { ModelRuntime } from "./ports.ts";
import { createSerial } from "./serial.ts";

/** A model in memory. */
export interface ActiveModel {
  /** Probabilities of a window `[size, channels]`, in the order of the release's labels. */
  run(window: Float32Array): Promise<Float32Array>;
  /** Frees the model after the runs that are under way. */
  dispose(): Promise<void>;
}

/**
 * Loads a model and runs it once on a blank window, so that what would end the process ends it here. Throws
 * `RUNTIME_UNSUPPORTED`, whatever the runtime's own error was.
 */
export async function loadModel(
  { version, model }: ReleaseMetadata,
  bytes: Uint8Array,
  runtime: ModelRuntime,
): Promise<ActiveModel> {
  const who = `release ${version}`;
  const { input, output, window, labels } = model;
  const dims = [1, window.size, window.channels.length] as const;
  const serial = createSerial();
  /** Whatever the runtime's own error was, as one of ours. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      if (isTidelineError(cause)) throw cause;
      throw tidelineError("RUNTIME_UNSUPPORTED", { who, received: messageOf(cause), cause });
    }
  };
  const loaded = await attempt(async () => {
    const opened = await runtime.load(bytes, { input, output });
    await opened.run(new Float32Array(dims[1] * dims[2]), dims);
    return opened;
  });
  return {
    // Runtimes refuse a second run while one is under way.
    run: (values) =>
      serial(async () => {
        const answer = await attempt(() => loaded.run(values, dims));
        if (answer.length === labels.length && answer.every((value) => Number.isFinite(value))) return answer;
        throw tidelineError("RUNTIME_UNSUPPORTED", {
          who,
          field: output,
          expected: `${labels.length} finite probabilities`,
          received: `${answer.length} numbers`,
        });
      }),
    dispose: () => serial(async () => loaded.release()),
  };
}

/** The vectors of a self-test. Throws `ARTIFACT_CORRUPT`. */
export function readVectors(bytes: Uint8Array | null, text: TextCodec): SelfTestVectors {
  const vectors = bytes && (parseJson(bytes, text) as Partial<SelfTestVectors> | null | undefined);
  const { tolerance = 0, windows = [], probabilities = [] } = vectors ?? {};
  if (windows.length > 0 && windows.length === probabilities.length) {
    return { format: 1, tolerance, windows, probabilities };
  }
  throw tidelineError("ARTIFACT_CORRUPT", {
    who: "self-test",
    expected: "windows with their probabilities",
  });
}

/**
 * Runs the release's synthetic windows on this very device and compares, before anything of a person meets the
 * model. Throws `SELF_TEST_FAILED`.
 */
export async function selfTest(
  model: ActiveModel,
  { tolerance, windows, probabilities }: SelfTestVectors,
): Promise<void> {
  for (let index = 0; index < windows.length; index += 1) {
    const answer = await model.run(Float32Array.from(windows[index]!));
    const worst = answer.reduce(
      (most, value, label) => Math.max(most, Math.abs(value - probabilities[index]![label]!)),
      0,
    );
    if (worst <= tolerance) continue;
    throw tidelineError("SELF_TEST_FAILED", {
      who: "self-test",
      field: `window ${index}`,
      expected: `probabilities within ${tolerance}`,
      received: `a difference of ${worst}`,
      remedy: "The last good model stays in use.",
    });
  }
}
