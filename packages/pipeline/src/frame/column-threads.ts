import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import {
  COLUMN_DEFS,
  type ColumnCrew,
  type ColumnJob,
  type ColumnMade,
} from "@tideline/learn/transform/column-job";
import { messageOf, tidelineError } from "@tideline/spec/error";
import { threadEnvironment } from "./thread-environment.ts";

/** Threads that transform columns, until they are released. */
export interface ColumnThreads extends ColumnCrew {
  /** Ends the threads; jobs that they have fail. */
  release(): Promise<void>;
}

interface Hand {
  readonly worker: Worker;
  readonly calls: PromiseWithResolvers<readonly ColumnMade[] | undefined>[];
}

const MOST_THREADS = 256;

/** Some milliseconds of work, as long as a job takes to reach a thread that is there. */
const LEAST = 2 ** 18;

/**
 * Threads of Node that take part in the fit of chains. They start at once and load what they need while this thread reads;
 * they do not keep the process alive but while they work. Columns must lie in memory that threads share, as `parquetSource`
 * reads them with `shared`; others this thread transforms alone.
 *
 * @param threads 1 to 256, this one counted; default: as many as the machine runs at once, 256 at most.
 * @throws ARGUMENT_INVALID for any other number; jobs reject with UNAVAILABLE where a thread is lost.
 * @example
 * const threads = nodeColumnThreads();
 * const table = await collectFrame(await parquetSource("taps.parquet", { shared: true }));
 * const { chain: fitted, rows } = await chain(steps).fitTransformWith(threads, table);
 * await threads.release();
 */
export function nodeColumnThreads(threads: number = mostThreads()): ColumnThreads {
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "nodeColumnThreads",
      field: "threads",
      expected: `an integer of 1 to ${MOST_THREADS}`,
      received: String(threads),
    });
  let failure: Error | undefined;
  const fail = (reason: string): void => {
    failure ??= tidelineError("UNAVAILABLE", {
      who: "nodeColumnThreads",
      expected: "a living thread",
      received: reason,
    });
    for (const { calls } of hands) for (const call of calls.splice(0)) call.reject(failure);
  };
  const hands = Array.from({ length: threads - 1 }, () => handOf(fail));
  return Object.freeze<ColumnThreads>({
    defs: COLUMN_DEFS,
    least: LEAST,
    async work(job: ColumnJob) {
      if (failure !== undefined) throw failure;
      const made = await Promise.all(hands.map((hand) => asked(hand, job)));
      return made.every((one) => one !== undefined) ? made.flat() : undefined;
    },
    async release() {
      fail("one that was released");
      await Promise.all(hands.map(({ worker }) => worker.terminate()));
    },
  });
}

function mostThreads(): number {
  return Math.min(availableParallelism(), MOST_THREADS);
}

function asked({ worker, calls }: Hand, job: ColumnJob): Promise<readonly ColumnMade[] | undefined> {
  try {
    worker.postMessage(job);
  } catch {
    // What cannot be sent is no job for threads: as where a fit failed.
    return Promise.resolve(undefined);
  }
  const call = Promise.withResolvers<readonly ColumnMade[] | undefined>();
  calls.push(call);
  worker.ref();
  return call.promise;
}

function handOf(fail: (reason: string) => void): Hand {
  const worker = new Worker(new URL("./column-worker.ts", import.meta.url), {
    execArgv: [],
    env: threadEnvironment(),
  });
  const calls: Hand["calls"] = [];
  worker.on("message", (made: readonly ColumnMade[] | undefined) => {
    calls.shift()?.resolve(made);
    if (calls.length === 0) worker.unref();
  });
  worker.on("error", (error) => fail(messageOf(error)));
  worker.on("messageerror", (error) => fail(messageOf(error)));
  worker.on("exit", (code) => fail(`a thread that ended with ${code}`));
  // Behind the listeners, of which each refers to it again.
  worker.unref();
  return { worker, calls };
}
