import {
  isTidelineError,
  messageOf,
  tidelineError,
  variantLevel,
  type ReleaseMetadata,
  type SelfTestVectors,
  type TextCodec,
  type Variant,
} from "@tideline/spec";
import type { ModelRuntime } from "./ports.ts";
import { createSerial } from "./serial.ts";

/** A model in memory with the release that it came from. */
export interface ActiveModel {
  readonly release: ReleaseMetadata;
  /** Probabilities of a window `[size, channels]`, in the order of the release's labels. */
  run(window: Float32Array): Promise<Float32Array>;
  /** Frees the model after the runs that are under way. */
  dispose(): Promise<void>;
}

/** The smallest variant that a runtime takes. Throws `RUNTIME_UNSUPPORTED`. */
export function chooseVariant(release: ReleaseMetadata, runtime: ModelRuntime | null): Variant {
  const fitting = release.variants.filter(
    (variant) => variant.format === runtime?.name && variantLevel(variant) <= runtime.level,
  );
  if (fitting.length > 0)
    return fitting.reduce((best, variant) => (variant.bytes < best.bytes ? variant : best));
  throw tidelineError("RUNTIME_UNSUPPORTED", {
    who: `release ${release.version}`,
    expected: "a variant that this device's runtime takes",
    received: release.variants.map((variant) => `${variant.format} ${variantLevel(variant)}`).join(", "),
  });
}

/** Loads a model. Throws `RUNTIME_UNSUPPORTED`, whatever the runtime's own error was. */
export async function loadModel(
  release: ReleaseMetadata,
  bytes: Uint8Array,
  runtime: ModelRuntime,
): Promise<ActiveModel> {
  const who = `release ${release.version}`;
  const { input, output, window, labels } = release.model;
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
  const loaded = await attempt(() => runtime.load(bytes, { input, output }));
  return Object.freeze({
    release,
    // Runtimes refuse a second run while one is under way.
    run: (values: Float32Array) =>
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
  });
}

/**
 * Runs the release's synthetic windows on this very device and compares, before anything of a person meets the
 * model. Throws `SELF_TEST_FAILED` and `ARTIFACT_CORRUPT`.
 */
export async function selfTest(model: ActiveModel, vectorBytes: Uint8Array, text: TextCodec): Promise<void> {
  const who = `self-test of release ${model.release.version}`;
  let vectors: Partial<SelfTestVectors> | null;
  try {
    vectors = JSON.parse(text.decode(vectorBytes)) as Partial<SelfTestVectors> | null;
  } catch (cause) {
    throw tidelineError("ARTIFACT_CORRUPT", {
      who,
      expected: "vectors as JSON",
      received: "other content",
      cause,
    });
  }
  const { tolerance = 0, windows = [], probabilities = [] } = vectors ?? {};
  if (windows.length === 0 || windows.length !== probabilities.length) {
    throw tidelineError("ARTIFACT_CORRUPT", { who, expected: "windows with their probabilities" });
  }
  for (let index = 0; index < windows.length; index += 1) {
    const answer = await model.run(Float32Array.from(windows[index]!));
    const expected = probabilities[index]!;
    const worst = answer.reduce(
      (most, value, label) => Math.max(most, Math.abs(value - expected[label]!)),
      0,
    );
    if (worst <= tolerance) continue;
    throw tidelineError("SELF_TEST_FAILED", {
      who,
      field: `window ${index}`,
      expected: `probabilities within ${tolerance}`,
      received: `a difference of ${worst}`,
      remedy: "The last good model stays in use.",
    });
  }
}
