import {
  isTidelineError,
  tidelineError,
  type ArtifactReference,
  type ErrorCode,
  type ReleaseMetadata,
  type SelfTestVectors,
  type TidelineError,
} from "@tideline/spec";
import { loadModel, readVectors, selfTest, type ActiveModel } from "./active-model.ts";
import type { ArtifactStore } from "./artifact.ts";
import { candidatesOf, type Candidate } from "./candidate.ts";
import type { DevicePorts } from "./ports.ts";
import { beginAttempt, endAttempt, skipHopeless, type ReleaseStore } from "./release-state.ts";
import { createSerial } from "./serial.ts";

/** What a model said, and by what it was run. */
export interface ModelAnswer {
  readonly probabilities: Float32Array;
  /** Id of the release. */
  readonly release: string;
  /** `tier/name` of the runtime. */
  readonly runtime: string;
}

/** Hears why a place of the fallback chain did not answer; null for all of them. */
export type SkipPlace = (place: string | null, error: ErrorCode | TidelineError) => void;

/** The model of a release, on whichever runtime of the phone runs it best. */
export interface ModelRunner {
  /** The release that runs, or null. */
  release(): ReleaseMetadata | null;
  /** `tier/name` of the runtime that is asked first, or null. */
  runtime(): string | null;
  /** Files that a release may need on this phone. */
  files(release: ReleaseMetadata): readonly ArtifactReference[];
  /** Loads a release that passed its self-test before, or that still may. Throws why none of its runtimes works. */
  open(release: ReleaseMetadata): Promise<void>;
  /**
   * Tests a release on every runtime that takes it and times each; `ensure` brings the files. Throws why none works.
   * What it returns puts the fastest one into the place of the model that runs.
   */
  prepare(release: ReleaseMetadata, ensure: ArtifactStore["ensure"]): Promise<() => Promise<void>>;
  /**
   * Asks the runtimes one after the other, the one that answered last first; says of each that fails why. Null where
   * none answers.
   */
  run(window: Float32Array, skip: SkipPlace): Promise<ModelAnswer | null>;
  dispose(): Promise<void>;
}

/** A release with the runtimes that passed its self-test, in the order in which they are asked. */
interface Running {
  readonly release: ReleaseMetadata;
  readonly order: Candidate[];
  /** The model in the first one, where it is loaded. */
  model: ActiveModel | null;
}

/** A runner without a model. */
export function openModelRunner(options: {
  readonly ports: DevicePorts;
  readonly store: ReleaseStore;
  readonly artifacts: ArtifactStore;
}): ModelRunner {
  const { ports, store, artifacts } = options;
  /** Runs, and what replaces the model between them. */
  const serial = createSerial();
  let running: Running | null = null;

  const attemptsOf = ({ key }: Candidate): number => store.state().attempts[key] ?? 0;

  /** What is left to try: first what has never taken the app down, then the fastest, then by tier. */
  const usable = (release: ReleaseMetadata): Candidate[] => {
    const { skipped, times = {} } = store.state();
    const timeOf = ({ key }: Candidate): number => times[key] ?? 0;
    return candidatesOf(release, ports.runtimes)
      .filter(({ key }) => !skipped.includes(key) && !skipped.includes(release.version))
      .sort((left, right) => attemptsOf(left) - attemptsOf(right) || timeOf(left) - timeOf(right));
  };

  const hopeless = (who: string, code: ErrorCode): Error =>
    tidelineError(code, { who, expected: "a runtime that passes", received: "none" });

  /** Loads under a marker that a crash leaves behind; with vectors, tests and times the model before it is taken away. */
  const load = async (
    { key, variant, runtime }: Candidate,
    release: ReleaseMetadata,
    vectors: SelfTestVectors | null,
  ): Promise<readonly [model: ActiveModel, ms: number]> => {
    const bytes = await artifacts.find(variant);
    if (bytes === null) throw tidelineError("ARTIFACT_CORRUPT", { who: `release ${release.version}` });
    await store.change((state) => beginAttempt(state, key));
    ports.crashPoint?.("update.load.before");
    let model: ActiveModel | null = null;
    let passes = true;
    try {
      model = await loadModel(release, bytes, runtime);
      const begun = ports.monotonic();
      if (vectors !== null) await selfTest(model, vectors);
      return [model, (ports.monotonic() - begun) / (vectors?.windows.length ?? 1)];
    } catch (error) {
      // A failed self-test counts as a bad load; what the runtime refuses openly may pass (too little memory).
      passes = isTidelineError(error) && error.code !== "SELF_TEST_FAILED";
      await model?.dispose();
      throw error;
    } finally {
      await store.change((state) => (passes ? endAttempt(state, key) : skipHopeless(state)));
    }
  };

  const replace = (next: Running | null): Promise<void> =>
    serial(async () => {
      const old = running;
      running = next;
      await old?.model?.dispose();
    });

  const prepare: ModelRunner["prepare"] = async (release, ensure) => {
    const who = `release ${release.version}`;
    const candidates = usable(release);
    const known = candidatesOf(release, ports.runtimes).length;
    if (candidates.length === 0) throw hopeless(who, known > 0 ? "SELF_TEST_FAILED" : "RUNTIME_UNSUPPORTED");
    await ensure(release.vectors);
    const vectors = readVectors(await artifacts.find(release.vectors), ports.text);
    const ready: Candidate[] = [];
    const passed: (readonly [Candidate, ms: number])[] = [];
    let best: ActiveModel | null = null;
    let failure: unknown;
    for (const candidate of candidates) {
      try {
        await ensure(candidate.variant);
        ready.push(candidate);
      } catch (error) {
        // What cannot be fetched now is waited for; what never can be leaves the other runtimes.
        if (!isTidelineError(error, "ARTIFACT_CORRUPT")) throw error;
        failure = error;
      }
    }
    for (const candidate of ready) {
      // What once took the app down is not tried again while something else works.
      if (best !== null && attemptsOf(candidate) > 0) continue;
      try {
        const [model, ms] = await load(candidate, release, vectors);
        const isBest = passed.every(([, other]) => ms < other);
        passed.push([candidate, ms]);
        await (isBest ? best : model)?.dispose();
        if (isBest) best = model;
      } catch (error) {
        if (!isTidelineError(error)) throw error;
        failure = error;
      }
    }
    const model = best;
    if (model === null) throw failure;
    const times = Object.fromEntries(passed.map(([{ key }, ms]) => [key, ms]));
    await store.change((state) => {
      const kept = Object.entries(state.times ?? {}).filter(([key]) =>
        key.startsWith(`${running?.release.version}/`),
      );
      return { ...state, times: { ...Object.fromEntries(kept), ...times } };
    });
    const order = [...passed].sort(([, left], [, right]) => left - right).map(([candidate]) => candidate);
    return () => replace({ release, order, model });
  };

  return {
    release: () => running?.release ?? null,
    runtime: () => running?.order[0]?.name ?? null,
    files: (release) => [
      release.vectors,
      ...candidatesOf(release, ports.runtimes).map(({ variant }) => variant),
    ],
    open: async (release) => {
      await store.change(skipHopeless);
      const { times = {} } = store.state();
      const tested = usable(release).filter(({ key }) => times[key] !== undefined);
      if (tested.length === 0) return (await prepare(release, async () => {}))();
      let failure: unknown;
      while (tested.length > 0) {
        try {
          const [model] = await load(tested[0]!, release, null);
          return await replace({ release, order: tested, model });
        } catch (error) {
          if (!isTidelineError(error)) throw error;
          failure = error;
          tested.shift();
        }
      }
      throw failure;
    },
    prepare,
    run: (window, skip) =>
      serial(async () => {
        if (running === null) return null;
        const { release, order } = running;
        for (let turn = 0; turn < order.length; turn += 1) {
          const candidate = order[0]!;
          try {
            running.model ??= (await load(candidate, release, null))[0];
            const probabilities = await running.model.run(window);
            return { probabilities, release: release.id, runtime: candidate.name };
          } catch (error) {
            if (!isTidelineError(error)) throw error;
            skip(candidate.name, error);
            await running.model?.dispose();
            running.model = null;
            order.push(order.shift()!);
          }
        }
        return null;
      }),
    dispose: () => replace(null),
  };
}
