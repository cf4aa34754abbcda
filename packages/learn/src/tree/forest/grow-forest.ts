import type { OptionForm } from "../../net/estimator/option-form.ts";
import { seededRandom } from "../../random.ts";
import { pauses } from "../boost/round/pause.ts";
import type { Tree } from "../tree-ensemble.ts";
import { treeSeeds } from "./draw.ts";
import { forestGrower, type ForestJob, type ForestTree } from "./forest-job.ts";
import { THREADS_FORM, type ForestCrew, type ForestThreads } from "./forest-threads.ts";
import { checkFit, WATCH_FORMS, type ForestWatch } from "./forest-watch.ts";
import { sharedJob } from "./shared-job.ts";

/** What a fit of a forest takes beside rows. */
export interface ForestFitOptions extends ForestWatch {
  /** Threads that trees are grown in. Default: the caller's own. They change nothing of the forest. */
  readonly crew?: ForestThreads;
}

const FIT_FORMS: { readonly [Name in keyof Required<ForestFitOptions>]: OptionForm } = {
  ...WATCH_FORMS,
  crew: THREADS_FORM,
};

const THREADS_REMEDY =
  "A forest takes a port of threads, not their number: { crew: nodeForestThreads(2) } of @tideline/pipeline.";

/** @throws ARGUMENT_INVALID for what a fit takes beside rows. */
export function checkForestFit(who: string, given: ForestFitOptions): void {
  checkFit(who, FIT_FORMS, given, { threads: THREADS_REMEDY, crew: THREADS_REMEDY });
}

/** Trees that may wait for an older one to be done, for each thread. */
const AHEAD = 2;

/** Grows the trees of a forest, and hands each to `take`, in order; fewer where `onTree` says "stop". */
export async function growForest(
  job: ForestJob,
  trees: number,
  seed: number,
  { signal, onTree, crew: port, now = () => performance.now() }: ForestFitOptions,
  take: (grown: ForestTree) => void,
): Promise<readonly Tree[]> {
  signal?.throwIfAborted();
  const seeds = treeSeeds(seededRandom(seed), trees);
  const out: Tree[] = [];
  const done = async (grown: ForestTree) => {
    take(grown);
    out.push(grown.tree);
    const answer = await onTree?.({ tree: out.length, trees });
    signal?.throwIfAborted();
    return answer === "stop";
  };
  const threads = Math.min(port?.threads ?? 1, trees);
  if (port !== undefined && threads > 1) {
    const crew = await port.open(sharedJob(job), threads);
    try {
      await growWith(crew, threads * AHEAD, seeds, signal, done);
    } finally {
      crew.release();
    }
    return out;
  }
  const grow = forestGrower(job);
  const pause = pauses(signal, now);
  for (const treeSeed of seeds) {
    await pause();
    if (await done(grow(treeSeed))) break;
  }
  return out;
}

async function growWith(
  crew: ForestCrew,
  ahead: number,
  seeds: Uint32Array,
  signal: AbortSignal | undefined,
  done: (grown: ForestTree) => Promise<boolean>,
): Promise<void> {
  const under: Promise<ForestTree>[] = [];
  let next = 0;
  const start = () => {
    const growing = crew.grow(seeds[next++]!);
    // Whoever waits for it hears of a failure; nobody waits once an older one has failed.
    growing.catch(() => {});
    under.push(growing);
  };
  while (next < seeds.length && under.length < ahead) start();
  for (let growing = under.shift(); growing !== undefined; growing = under.shift()) {
    const grown = await unlessAborted(growing, signal);
    if (next < seeds.length) start();
    if (await done(grown)) return;
  }
}

/** What another thread grows, or the signal's reason as soon as there is one. */
async function unlessAborted<Value>(value: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return value;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([value, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
