import {
  isTidelineError,
  type ArtifactReference,
  type ErrorCode,
  type ReleaseMetadata,
  type SelfTestVectors,
  type TidelineError,
} from "@tideline/spec";
import { loadModel, readVectors, selfTest, type ActiveModel } from "./active-model.ts";
import type { ArtifactStore } from "./artifact.ts";
import { candidatesOf, runtimeName, type Candidate } from "./candidate.ts";
import { fail } from "./fail.ts";
import type { DevicePorts, ModelRuntime } from "./ports.ts";
import {
  MOST_ATTEMPTS,
  MOST_CRASHES,
  noteAttempt,
  type ReleaseState,
  type SelfTests,
} from "./release-state.ts";
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

/** Brings a file of a release; null where what is on the phone must do. */
type Ensure = ArtifactStore["ensure"] | null;

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
   * that takes it, each with its smallest file and, where that fails, with the next larger one. Throws why none works.
   * What it returns puts the model into the place of the one that runs.
   */
  prepare(release: ReleaseMetadata, ensure: Ensure): Promise<() => Promise<void>>;
  /**
   * Tests the release that runs on what is left: where a file ended the app on a runtime, or failed there, a larger one
   * that was never tried. One that works may answer from then on.
   */
  complete(ensure: ArtifactStore["ensure"]): Promise<void>;
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

/** Whether something cannot be had now, which says nothing of a runtime. */
const isAway = (error: TidelineError): boolean =>
  error.code === "UNAVAILABLE" || error.code === "BUDGET_SPENT";

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
  const isTried = ({ key }: Candidate): boolean => key in testsOf() || key in state.get().attempts;
  /** Whether a file works on a candidate's runtime, and has never taken the app down. */
  const worksOn = (all: readonly Candidate[], { runtime }: Candidate): boolean =>
    all.some((one) => one.runtime === runtime && isPassed(one) && attemptsOf(one) === 0);

  /** How often files of a release ended the app on a candidate's runtime; those that failed a self-test did not. */
  const crashesOn = (all: readonly Candidate[], { runtime }: Candidate): number =>
    all
      .filter((one) => one.runtime === runtime && typeof testsOf()[one.key] !== "string")
      .reduce((sum, one) => sum + attemptsOf(one), 0);

  /** What is left to try: first what has never taken the app down, then the fastest, then by tier. */
  const usable = (release: ReleaseMetadata): Candidate[] => {
    const timeOf = ({ key }: Candidate): number => Number(testsOf()[key] ?? 0);
    const all = candidatesOf(release, runtimes);
    return all
      .filter(
        (one) => attemptsOf(one) < MOST_ATTEMPTS && (isPassed(one) || crashesOn(all, one) < MOST_CRASHES),
      )
      .sort((left, right) => attemptsOf(left) - attemptsOf(right) || timeOf(left) - timeOf(right));
  };

  /** Loads a model and does what may take the app down with it, under a marker that a crash leaves behind. */
  const load = async <T>(
    { key, variant, runtime }: Candidate,
    release: ReleaseMetadata,
    ensure: Ensure,
    work: (model: ActiveModel) => Promise<T>,
  ): Promise<T> => {
    await ensure?.(variant);
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

  /** Files that were never tried, of runtimes on which none works. */
  const untried = (release: ReleaseMetadata): Candidate[] => {
    const all = usable(release);
    return all.filter((one) => !isTried(one) && !worksOn(all, one));
  };

  /** Tests files on their runtimes, and times the first of each runtime that works; the last failure, if any. */
  const test = async (
    release: ReleaseMetadata,
    candidates: readonly Candidate[],
    ensure: Ensure,
  ): Promise<unknown> => {
    const tests: Record<string, number | ErrorCode> = {};
    const passed: ModelRuntime[] = [];
    /** Files that cannot be had, by digest: asked for once, however many runtimes take them. */
    const missing = new Map<string, TidelineError>();
    let failure: unknown;
    /** Of a test that is not over only what failed is kept: where something passed, no other one would be tried. */
    const keep = (isWhole: boolean): Promise<void> =>
      state.change((before) => {
        // Those of what failed say that it was no crash.
        const isKept = (key: string) =>
          key in before.attempts || key.startsWith(`${running?.release.version}/`);
        const kept = Object.entries(testsOf()).filter(([key]) => isKept(key));
        const found = Object.entries(tests).filter(([, result]) => isWhole || typeof result === "string");
        return { ...before, tests: Object.fromEntries([...kept, ...found]) };
      });
    const bring: Ensure =
      ensure &&
      (async (file) => {
        const known = missing.get(file.sha256);
        if (known) throw known;
        await ensure(file).catch((error: unknown) => {
          if (isTidelineError(error, "ARTIFACT_CORRUPT")) missing.set(file.sha256, error);
          throw error;
        });
      });
    let vectors: SelfTestVectors;
    try {
      await ensure?.(release.vectors);
      vectors = readVectors(await artifacts.find(release.vectors), text);
    } catch (error) {
      if (!isTidelineError(error) || isAway(error)) throw error;
      // Without them nothing can be said of a file.
      return error;
    }
    for (const candidate of candidates) {
      const { key, runtime } = candidate;
      if (passed.includes(runtime)) continue;
      // What once took the app down is not tried again while something else works.
      if (attemptsOf(candidate) > 0 && passed.length > 0) continue;
      try {
        tests[key] = await load(candidate, release, bring, async (model) => {
          try {
            const begun = monotonic();
            await selfTest(model, vectors, candidate.variant);
            return (monotonic() - begun) / vectors.windows.length;
          } finally {
            await model.dispose();
          }
        });
        passed.push(runtime);
      } catch (error) {
        if (!isTidelineError(error)) throw error;
        // What cannot be had now is waited for.
        if (isAway(error)) throw error;
        failure = error;
        // What is not on the phone says nothing of the runtime.
        if (!ensure && error.code === "ARTIFACT_CORRUPT") continue;
        tests[key] = error.code;
        // At once: should the next file end the app, this one is not blamed.
        await keep(false);
      }
    }
    await keep(true);
    return failure;
  };

  /** Does some work with the first runtime that can; what cannot is noted, and goes to the end of the order. */
  const withModel = async <T>(
    target: Running,
    work: (model: ActiveModel, by: Candidate) => Promise<T>,
    ensure: Ensure = null,
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
      // It works and is slower, or was not needed.
      const isLeft = isPassed(candidate) || (candidate.rank > 0 && !isTried(candidate));
      if (!failed[key] && !isCrash && isLeft) continue;
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

  const prepare: ModelRunner["prepare"] = async (release, ensure) => {
    let failure: unknown;
    if (!usable(release).some(isPassed)) failure = await test(release, usable(release), ensure);
    const next: Running = { release, order: usable(release).filter(isPassed), failed: {}, model: null };
    if (await withModel(next, async () => true, ensure)) return () => replace(next);
    failure = Object.values(next.failed).at(-1) ?? failure;
    const code = candidatesOf(release, runtimes).length > 0 ? "SELF_TEST_FAILED" : "RUNTIME_UNSUPPORTED";
    throw failure ?? fail(code, `release ${release.version}`);
  };

  return {
    release: () => running?.release ?? null,
    runtime: () => (running ? runtimeName(running.order[0]!.runtime) : null),
    files: (release) => {
      const all = candidatesOf(release, runtimes);
      // Of a runtime on which one works the others are not needed.
      const kept = all.filter((one) => isPassed(one) || !worksOn(all, one));
      return [release.vectors, ...kept.map(({ variant }) => variant)];
    },
    prepare,
    complete: async (ensure) => {
      if (!running) return;
      const { release } = running;
      const left = untried(release);
      if (left.length > 0) await test(release, left, ensure);
      if (left.some(isPassed)) await (await prepare(release, ensure))();
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
