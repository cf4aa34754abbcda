import { seededRandom } from "../../random.ts";
import { pauses } from "../boost/round/pause.ts";
import type { Tree } from "../tree-ensemble.ts";
import { treeSeeds } from "./draw.ts";
import { forestGrower, type ForestJob, type ForestTree } from "./forest-job.ts";
import type { ForestCrew, ForestThreads } from "./forest-threads.ts";

/** Where a fit stands. */
export interface ForestProgress {
  /** Trees that are grown: 1, 2, ... */
  readonly tree: number;
  readonly trees: number;
}

/** What a fit of a forest takes beside rows. */
export interface ForestFitOptions {
  /** Ends the fit between two trees: it throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each tree, in their order. What it throws ends the fit. */
  readonly onTree?: (progress: ForestProgress) => void;
  /** Threads that trees are grown in. Default: the caller's own. They change nothing of the forest. */
  readonly threads?: ForestThreads;
  /** Milliseconds, for turns of others alone. Default `performance.now`. */
  readonly now?: () => number;
}

/** Trees that may wait for an older one to be done, for each thread. */
const AHEAD = 2;

/** Grows the trees of a forest, and hands each to `take`, in order. */
export async function growForest(
  job: ForestJob,
  trees: number,
  seed: number,
  { signal, onTree, threads, now = () => performance.now() }: ForestFitOptions,
  take: (grown: ForestTree) => void,
): Promise<readonly Tree[]> {
  signal?.throwIfAborted();
  const seeds = treeSeeds(seededRandom(seed), trees);
  const out: Tree[] = [];
  const done = (grown: ForestTree) => {
    take(grown);
    out.push(grown.tree);
    onTree?.({ tree: out.length, trees });
  };
  if (threads !== undefined && threads.threads > 1 && trees > 1) {
    const crew = await threads.open(job);
    try {
      await growWith(crew, threads.threads * AHEAD, seeds, signal, done);
    } finally {
      crew.release();
    }
    return out;
  }
  const grow = forestGrower(job);
  const pause = pauses(signal, now);
  for (const treeSeed of seeds) {
    await pause();
    done(grow(treeSeed));
  }
  return out;
}

async function growWith(
  crew: ForestCrew,
  ahead: number,
  seeds: Uint32Array,
  signal: AbortSignal | undefined,
  done: (grown: ForestTree) => void,
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
    const grown = await growing;
    if (next < seeds.length) start();
    done(grown);
    signal?.throwIfAborted();
  }
}
