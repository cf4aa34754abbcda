import { availableParallelism } from "node:os";
import { SHARE_ENV, Worker } from "node:worker_threads";
import type { ForestCrew, ForestJob, ForestThreads, ForestTree } from "@tideline/learn/tree";
import { messageOf, tidelineError } from "@tideline/spec";

/** A thread with the calls that it was given, in their order. */
interface Hand {
  readonly worker: Worker;
  readonly calls: PromiseWithResolvers<ForestTree>[];
}

const MOST_THREADS = 1024;

/**
 * Threads of Node that grow the trees of a forest. Bins, targets and weights lie in memory that all of them share. The
 * threads do not keep the process alive once they have nothing to do, and end with the fit. They start without the
 * loaders and flags of the process, and see its environment.
 *
 * @param threads 1 to 1024; default: as many as the machine runs at once. No more are started than there are trees.
 * @throws ARGUMENT_INVALID for any other number.
 * @example
 * const model = await randomForest({ seed: 1 }).fit({ X, y, classes }, { crew: nodeForestThreads() });
 */
export function nodeForestThreads(threads: number = availableParallelism()): ForestThreads {
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "nodeForestThreads",
      field: "threads",
      expected: `an integer of 1 to ${MOST_THREADS}`,
      received: String(threads),
    });
  return Object.freeze<ForestThreads>({
    threads,
    open: async (job, wanted) => crewOf(job, Math.min(threads, wanted)),
  });
}

function crewOf(job: ForestJob, threads: number): ForestCrew {
  let failure: Error | undefined;
  const fail = (reason: string) => {
    failure ??= tidelineError("UNAVAILABLE", {
      who: "nodeForestThreads",
      expected: "a living thread",
      received: reason,
    });
    for (const { worker, calls } of hands) {
      for (const call of calls.splice(0)) call.reject(failure);
      worker.unref();
    }
  };
  const hands = Array.from({ length: threads }, () => handOf(job, fail));
  return {
    async grow(seed) {
      if (failure !== undefined) throw failure;
      const hand = hands.reduce((free, other) => (other.calls.length < free.calls.length ? other : free));
      const call = Promise.withResolvers<ForestTree>();
      hand.calls.push(call);
      hand.worker.ref();
      hand.worker.postMessage(seed);
      return call.promise;
    },
    release() {
      fail("one that was released");
      for (const { worker } of hands) void worker.terminate();
    },
  };
}

function handOf(job: ForestJob, fail: (reason: string) => void): Hand {
  const worker = new Worker(new URL("forest-worker.ts", import.meta.url), {
    workerData: job,
    execArgv: [],
    env: SHARE_ENV,
  });
  const calls: Hand["calls"] = [];
  worker.on("message", (grown: ForestTree) => {
    calls.shift()?.resolve(grown);
    if (calls.length === 0) worker.unref();
  });
  worker.on("error", (error) => fail(messageOf(error)));
  worker.on("messageerror", (error) => fail(messageOf(error)));
  worker.on("exit", (code) => fail(`a thread that ended with ${code}`));
  return { worker, calls };
}
