import {
  isTidelineError,
  messageOf,
  parseJson,
  tidelineError,
  type ReleaseMetadata,
  type SelfTestVectors,
  type Variant,
  type VariantAnswers,
  type TextCodec,
} from "@tideline/spec";
import { fail } from "./fail.ts";
import type { ModelRuntime } from "./ports.ts";

/** A model in memory. Runtimes refuse a second run while one is under way: neither do calls of this overlap. */
export interface ActiveModel {
  /** Probabilities of a window `[size, channels]`, in the order of the release's labels. */
  run(window: Float32Array): Promise<Float32Array>;
  dispose(): void | Promise<void>;
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
  /** Whatever the runtime's own error was, as one of ours. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      if (isTidelineError(cause)) throw cause;
      throw tidelineError("RUNTIME_UNSUPPORTED", { who, received: messageOf(cause), cause });
    }
  };
  const loaded = await attempt(() => runtime.load(bytes, { input, output }));
  await attempt(() => loaded.run(new Float32Array(dims[1] * dims[2]), dims));
  return {
    run: async (values) => {
      const answer = await attempt(() => loaded.run(values, dims));
      if (answer.length === labels.length && answer.every(Number.isFinite)) return answer;
      return fail(
        "RUNTIME_UNSUPPORTED",
        who,
        output,
        `${answer}`.slice(0, 99),
        `${labels.length} probabilities`,
      );
    },
    dispose: () => loaded.release(),
  };
}

/** The vectors of a self-test. Throws `ARTIFACT_CORRUPT`. */
export function readVectors(bytes: Uint8Array | null, text: TextCodec): SelfTestVectors {
  const vectors = bytes && (parseJson(bytes, text) as SelfTestVectors | null | undefined);
  const windows: unknown = vectors?.windows;
  const count = Array.isArray(windows) && windows.every(Array.isArray) ? windows.length : 0;
  if (vectors && count > 0 && vectors.probabilities?.length === count) return vectors;
  return fail(
    "ARTIFACT_CORRUPT",
    "self-test",
    "vectors",
    `${count} windows`,
    "windows with their probabilities",
  );
}

/**
 * Runs the release's synthetic windows on this very device and compares, before anything of a person meets the
 * model. A variant with answers of its own is held to these, by the root mean square of all differences; the others to
 * the graph's, by the largest. Throws `SELF_TEST_FAILED`.
 */
export async function selfTest(
  model: ActiveModel,
  vectors: SelfTestVectors,
  { sha256 }: Variant,
): Promise<void> {
  const own = vectors.variants?.[sha256];
  const { probabilities }: Partial<VariantAnswers> = own ?? vectors;
  const apart: number[] = [];
  for (const [index, window] of vectors.windows.entries()) {
    const answer = await model.run(Float32Array.from(window));
    // Where nothing is said of a window it is no number.
    answer.forEach((value, label) => apart.push(Math.abs(value - (probabilities?.[index]?.[label] ?? NaN))));
  }
  const worst = own ? Math.hypot(...apart) / Math.sqrt(apart.length) : Math.max(...apart);
  const bound = own ? own.deviation : vectors.tolerance;
  // Not `>`: what is no number is no agreement, and no bound.
  if (!(worst <= bound && Number.isFinite(bound)))
    fail("SELF_TEST_FAILED", "self-test", sha256, `a difference of ${worst}`, `${bound}`);
}
