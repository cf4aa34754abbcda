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
import { MOST_ATTEMPTS, noteAttempt, type ReleaseState, type SelfTests } from "./release-state.ts";
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

/** Hears why a place of the fallback chain did not answer: a code where that was said before; null for all of them. */
export type SkipPlace = (place: string | null, error: ErrorCode | TidelineError) => void;

/** The model of a release, on whichever runtime of the phone runs it best. */
export interface ModelRunner {
  /** The release that runs, or null. */
  release(): ReleaseMetadata | null;
  /** `tier/name` of the runtime that is asked first, or null. */
  runtime(): string | null;
  /** Files that a release may need on this phone. */
  files(release: ReleaseMetadata): readonly ArtifactReference[];
  /**
   * Loads a release by the fastest runtime that passed its self-test. One that was never tested is so on every runtime
   * that takes it; `ensure` brings the files. Throws why none works. What it returns puts the model into the place of
   * the one that runs.
   */
  prepare(release: ReleaseMetadata, ensure: ArtifactStore["ensure"]): Promise<() => Promise<void>>;
  /**
   * Asks the runtimes one after the other, the one that answered last first. Says of each that the platform prefers to
   * the one that answers why it did not: what went wrong when it was asked last, its self-test, a crash. One that is
   * only slower is not named. Null where none answers; then all are named.
   */
  run(window: Float32Array, skip: SkipPlace): Promise<ModelAnswer | null>;
  dispose(): Promise<void>;
}

/** A release with the runtimes that passed its self-test, in the order in which they are asked. */
interface Running {
  readonly release: ReleaseMetadata;
  readonly order: Candidate[];
  /** What went wrong, by key, where one that passed was asked in vain. */
  readonly failed: Record<string, ErrorCode | TidelineError>;
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
  const testsOf = (): SelfTests => state.get().tests ?? {};
  const isPassed = ({ key }: Candidate): boolean => typeof testsOf()[key] === "number";

  /** What is left to try: first what has never taken the app down, then the fastest, then by tier. */
  const usable = (release: ReleaseMetadata): Candidate[] => {
    const timeOf = ({ key }: Candidate): number => Number(testsOf()[key] ?? 0);
    return candidatesOf(release, runtimes)
      .filter((candidate) => attemptsOf(candidate) < MOST_ATTEMPTS)
      .sort((left, right) => attemptsOf(left) - attemptsOf(right) || timeOf(left) - timeOf(right));
  };

  /** Loads a model and does what may take the app down with it, under a marker that a crash leaves behind. */
  const load = async <T>(
    { key, variant, runtime }: Candidate,
    release: ReleaseMetadata,
    ensure: ArtifactStore["ensure"],
    work: (model: ActiveModel) => Promise<T>,
  ): Promise<T> => {
    await ensure(variant);
    const bytes =
      (await artifacts.find(variant)) ??
      fail("ARTIFACT_CORRUPT", `release ${release.version}`, variant.sha256);
    await state.change((before) => noteAttempt(before, key, false));
    crashPoint?.("update.load.before");
    let isOver = true;
    try {
      return await work(await loadModel(release, bytes, runtime));
    } catch (error) {
      // A failed self-test counts as a bad load; what the runtime refuses openly may pass (too little memory).
      isOver = !isTidelineError(error, "SELF_TEST_FAILED");
      throw error;
    } finally {
      if (isOver) await state.change((before) => noteAttempt(before, key, true));
    }
  };

  /** Tests a release on every runtime that takes it, and times each; the last failure, if there was one. */
  const test = async (release: ReleaseMetadata, ensure: ArtifactStore["ensure"]): Promise<unknown> => {
    const tests: Record<string, number | ErrorCode> = {};
    let failure: unknown;
    for (const candidate of usable(release)) {
      const { key } = candidate;
      // What once took the app down is not tried again while something else works.
      if (attemptsOf(candidate) > 0 && Object.values(tests).some(Number.isFinite)) continue;
      try {
        await ensure(release.vectors);
        const vectors = readVectors(await artifacts.find(release.vectors), text);
        tests[key] = await load(candidate, release, ensure, async (model) => {
          try {
            const begun = monotonic();
            await selfTest(model, vectors, candidate.variant);
            return (monotonic() - begun) / vectors.windows.length;
          } finally {
            await model.dispose();
          }
        });
      } catch (error) {
        // What cannot be had now is waited for.
        const isAway = isTidelineError(error, "UNAVAILABLE") || isTidelineError(error, "BUDGET_SPENT");
        if (isAway || !isTidelineError(error)) throw error;
        tests[key] = error.code;
        failure = error;
      }
    }
    await state.change((before) => {
      // Those of what failed say that it was no crash.
      const isKept = (key: string) =>
        key in before.attempts || key.startsWith(`${running?.release.version}/`);
      const kept = Object.entries(testsOf()).filter(([key]) => isKept(key));
      return { ...before, tests: { ...Object.fromEntries(kept), ...tests } };
    });
    return failure;
  };

  /** Does some work with the first runtime that can; what cannot is noted, and goes to the end of the order. */
  const withModel = async <T>(
    target: Running,
    work: (model: ActiveModel, by: Candidate) => Promise<T>,
    ensure: ArtifactStore["ensure"] = async () => {},
  ): Promise<T | null> => {
    const { release, order, failed } = target;
    for (const candidate of order.slice()) {
      const { key } = candidate;
      try {
        target.model ??= await load(candidate, release, ensure, async (model) => model);
        const done = await work(target.model, candidate);
        delete failed[key];
        return done;
      } catch (error) {
        if (!isTidelineError(error)) throw error;
        failed[key] = error;
        // The budget is everyone's: nothing else may run either, and the model is not at fault.
        if (error.code === "BUDGET_SPENT") return null;
        await target.model?.dispose();
        target.model = null;
        order.push(order.shift()!);
      }
    }
    return null;
  };

  /** Says why what stands before the one that answered did not. */
  const explain = ({ release, failed }: Running, answered: string | undefined, skip: SkipPlace): void => {
    for (const candidate of candidatesOf(release, runtimes)) {
      const { key } = candidate;
      if (key === answered) return;
      const tested = testsOf()[key];
      const isCrash = attemptsOf(candidate) > 0;
      // It works and is slower.
      if (!failed[key] && isPassed(candidate) && !isCrash) continue;
      const untold = isCrash ? "RUNTIME_CRASHED" : "RUNTIME_UNSUPPORTED";
      const cause = failed[key] ?? (typeof tested === "string" ? tested : untold);
      skip(runtimeName(candidate.runtime), cause);
      if (typeof cause !== "string") failed[key] = cause.code;
    }
  };

  const replace = (next: Running | null): Promise<void> =>
    serial(async () => {
      await running?.model?.dispose();
      running = next;
    });

  return {
    release: () => running?.release ?? null,
    runtime: () => (running ? runtimeName(running.order[0]!.runtime) : null),
    files: (release) => [release.vectors, ...candidatesOf(release, runtimes).map(({ variant }) => variant)],
    prepare: async (release, ensure) => {
      const candidates = candidatesOf(release, runtimes);
      let failure: unknown;
      if (!usable(release).some(isPassed)) failure = await test(release, ensure);
      const next: Running = { release, order: usable(release).filter(isPassed), failed: {}, model: null };
      if (await withModel(next, async () => true, ensure)) return () => replace(next);
      failure = Object.values(next.failed).at(-1) ?? failure;
      const code = candidates.length > 0 ? "SELF_TEST_FAILED" : "RUNTIME_UNSUPPORTED";
      throw failure ?? fail(code, `release ${release.version}`);
    },
    run: (window, skip) =>
      serial(async () => {
        if (!running) return null;
        const { release } = running;
        let answered: string | undefined;
        const answer = await withModel(running, async (model, { key, runtime }) => {
          const probabilities = await model.run(window);
          answered = key;
          return { probabilities, release: release.id, runtime: runtimeName(runtime) };
        });
        explain(running, answered, skip);
        return answer;
      }),
    dispose: () => replace(null),
  };
}
