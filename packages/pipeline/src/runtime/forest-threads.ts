import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ForestCrew, ForestJob, ForestThreads, ForestTree } from "@tideline/learn/tree";
import { messageOf, tidelineError } from "@tideline/spec";

/** A thread with the calls that it was given, in their order. */
interface Hand {
  readonly worker: Worker;
  readonly calls: PromiseWithResolvers<ForestTree>[];
}

/**
 * Threads of Node that grow the trees of a forest. Bins lie in memory that all of them share. The threads do not keep the
 * process alive once they have nothing to do, and end with the fit.
 *
 * @param threads default: as many as the machine runs at once.
 * @example
 * const model = await randomForest({ seed: 1 }).fit({ X, y, classes }, { threads: nodeForestThreads() });
 */
export function nodeForestThreads(threads: number = availableParallelism()): ForestThreads {
  return Object.freeze<ForestThreads>({ threads, open: async (job) => crewOf(job, threads) });
}

function crewOf(job: ForestJob, threads: number): ForestCrew {
  const hands = Array.from({ length: threads }, () => handOf(job));
  return {
    grow(seed) {
      const hand = hands.reduce((free, other) => (other.calls.length < free.calls.length ? other : free));
      const call = Promise.withResolvers<ForestTree>();
      hand.calls.push(call);
      hand.worker.ref();
      hand.worker.postMessage(seed);
      return call.promise;
    },
    release() {
      for (const { worker } of hands) void worker.terminate();
    },
  };
}

function handOf(job: ForestJob): Hand {
  const worker = new Worker(new URL("forest-worker.ts", import.meta.url), { workerData: job });
  const calls: Hand["calls"] = [];
  const fail = (reason: string) => {
    const error = tidelineError("UNAVAILABLE", {
      who: "nodeForestThreads",
      expected: "a living thread",
      received: reason,
    });
    for (const call of calls.splice(0)) call.reject(error);
  };
  worker.on("message", (grown: ForestTree) => {
    calls.shift()?.resolve(grown);
    if (calls.length === 0) worker.unref();
  });
  worker.on("error", (error) => fail(messageOf(error)));
  worker.on("exit", (code) => fail(`a thread that ended with ${code}`));
  return { worker, calls };
}
