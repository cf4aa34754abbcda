import {
  isTidelineError,
  type ArtifactReference,
  type ErrorCode,
  type ReleaseMetadata,
  type TidelineError,
} from "@tideline/spec";
import { loadModel, readVectors, selfTest, type ActiveModel } from "./active-model.ts";
import type { ArtifactStore } from "./artifact.ts";
import { candidatesOf, runtimeName, type Candidate } from "./candidate.ts";
import { fail } from "./fail.ts";
import type { DevicePorts } from "./ports.ts";
import { MOST_ATTEMPTS, noteAttempt, type ReleaseState } from "./release-state.ts";
import { createSerial } from "./serial.ts";
import type { StateFile } from "./state-file.ts";

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
export function openModelRunner(
  ports: DevicePorts,
  state: StateFile<ReleaseState>,
  artifacts: ArtifactStore,
): ModelRunner {
  const { runtimes, crashPoint, monotonic, text } = ports;
  /** Runs, and what replaces the model between them. */
  const serial = createSerial();
  let running: Running | null = null;

  const attemptsOf = ({ key }: Candidate): number => state.get().attempts[key] ?? 0;
  const timesOf = (): Readonly<Record<string, number>> => state.get().times ?? {};

  /** What is left to try: first what has never taken the app down, then the fastest, then by tier. */
  const usable = (release: ReleaseMetadata): Candidate[] =>
    candidatesOf(release, runtimes)
      .filter((candidate) => attemptsOf(candidate) < MOST_ATTEMPTS)
      .sort(
        (left, right) =>
          attemptsOf(left) - attemptsOf(right) || (timesOf()[left.key] ?? 0) - (timesOf()[right.key] ?? 0),
      );

  /** Loads under a marker that a crash leaves behind; what is tested is so before it is taken away. */
  const load = async (
    { key, variant, runtime }: Candidate,
    release: ReleaseMetadata,
    test?: (model: ActiveModel) => Promise<void>,
  ): Promise<ActiveModel> => {
    const bytes =
      (await artifacts.find(variant)) ??
      fail("ARTIFACT_CORRUPT", `release ${release.version}`, variant.sha256);
    await state.change((before) => noteAttempt(before, key, false));
    crashPoint?.("update.load.before");
    let model: ActiveModel | undefined;
    let isOver = true;
    try {
      model = await loadModel(release, bytes, runtime);
      await test?.(model);
      return model;
    } catch (error) {
      // A failed self-test counts as a bad load; what the runtime refuses openly may pass (too little memory).
      isOver = !isTidelineError(error, "SELF_TEST_FAILED");
      await model?.dispose();
      throw error;
    } finally {
      if (isOver) await state.change((before) => noteAttempt(before, key, true));
    }
  };

  /** Does some work with the first runtime that can; what cannot goes to the end of the order. */
  const withModel = async <T>(
    target: Running,
    skip: SkipPlace,
    work: (model: ActiveModel, runtime: string) => Promise<T>,
  ): Promise<T | null> => {
    const { release, order } = target;
    for (const candidate of order.slice()) {
      const name = runtimeName(candidate.runtime);
      try {
        target.model ??= await load(candidate, release);
        return await work(target.model, name);
      } catch (error) {
        if (!isTidelineError(error)) throw error;
        skip(name, error);
        await target.model?.dispose();
        target.model = null;
        order.push(order.shift()!);
      }
    }
    return null;
  };

  const replace = (next: Running | null): Promise<void> =>
    serial(async () => {
      await running?.model?.dispose();
      running = next;
    });

  const prepare: ModelRunner["prepare"] = async (release, ensure) => {
    const { version } = release;
    const ready: Candidate[] = [];
    const times: Record<string, number> = {};
    let model: ActiveModel | null = null;
    let failure: unknown;
    const attempt = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        failure = error;
        if (isTidelineError(error) && error.code !== "UNAVAILABLE" && error.code !== "BUDGET_SPENT") return;
        // What cannot be had now is waited for.
        await model?.dispose();
        throw error;
      }
    };
    for (const candidate of usable(release)) {
      await attempt(async () => {
        await ensure(candidate.variant);
        ready.push(candidate);
      });
    }
    if (ready.length === 0) {
      const code = candidatesOf(release, runtimes).length > 0 ? "SELF_TEST_FAILED" : "RUNTIME_UNSUPPORTED";
      throw failure ?? fail(code, `release ${version}`);
    }
    await ensure(release.vectors);
    const vectors = readVectors(await artifacts.find(release.vectors), text);
    for (const candidate of ready) {
      const { key } = candidate;
      // What once took the app down is not tried again while something else works.
      if (model && attemptsOf(candidate) > 0) continue;
      await attempt(async () => {
        const fastest = Math.min(...Object.values(times));
        const next = await load(candidate, release, async (loaded) => {
          const begun = monotonic();
          await selfTest(loaded, vectors);
          times[key] = (monotonic() - begun) / vectors.windows.length;
        });
        const isBest = times[key]! < fastest;
        await (isBest ? model : next)?.dispose();
        if (isBest) model = next;
      });
    }
    if (!model) throw failure;
    const kept = Object.entries(timesOf()).filter(([key]) => key.startsWith(`${running?.release.version}/`));
    await state.change((before) => ({ ...before, times: { ...Object.fromEntries(kept), ...times } }));
    const order = ready
      .filter(({ key }) => key in times)
      .sort((left, right) => times[left.key]! - times[right.key]!);
    const next = { release, order, model };
    return () => replace(next);
  };

  return {
    release: () => running?.release ?? null,
    runtime: () => (running ? runtimeName(running.order[0]!.runtime) : null),
    files: (release) => [release.vectors, ...candidatesOf(release, runtimes).map(({ variant }) => variant)],
    open: async (release) => {
      const order = usable(release).filter(({ key }) => key in timesOf());
      if (order.length === 0) return (await prepare(release, async () => {}))();
      const next: Running = { release, order, model: null };
      let failure: unknown;
      const note: SkipPlace = (_, error) => {
        failure = error;
      };
      if (!(await withModel(next, note, async () => true))) throw failure;
      return replace(next);
    },
    prepare,
    run: (window, skip) =>
      serial(async () => {
        const target = running;
        if (!target) return null;
        return withModel(target, skip, async (model, runtime) => ({
          probabilities: await model.run(window),
          release: target.release.id,
          runtime,
        }));
      }),
    dispose: () => replace(null),
  };
}
