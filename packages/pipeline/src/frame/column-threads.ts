import { availableParallelism } from "node:os";
import type { ColumnCrew, ColumnJob, ColumnMade } from "@tideline/learn/transform/column-job";
import { tidelineError } from "@tideline/spec/error";
import { threadHand, type ThreadHand } from "./thread-hand.ts";

/** Threads that read and transform columns, until they are released. */
export interface ColumnThreads extends ColumnCrew {
  /** Those beside this one, for who reads with them: {@link import("./parquet-source.ts").parquetSource}. */
  readonly hands: readonly ThreadHand[];
  /** Ends the threads; jobs that they have fail. */
  release(): Promise<void>;
}

const MOST_THREADS = 256;

/** Some milliseconds of work, as long as a job takes to reach a thread that is there. */
const LEAST = 2 ** 18;

/**
 * Threads of Node that read Parquet and take part in the fit of chains. They start at once and load what they need while this
 * thread loads what it needs; they do not keep the process alive but while they work. Columns must lie in memory that threads
 * share, as `parquetSource` reads them with `shared`; others this thread transforms alone.
 *
 * @param threads 1 to 256, this one counted; default: as many as the machine runs at once, 256 at most.
 * @throws ARGUMENT_INVALID for any other number; jobs reject with UNAVAILABLE where a thread is lost.
 * @example
 * const threads = nodeColumnThreads();
 * const table = await collectFrame(await parquetSource("taps.parquet", { shared: true, crew: threads }));
 * const { chain: fitted, rows } = await chain(steps).fitTransformWith(threads, table);
 * await threads.release();
 */
export function nodeColumnThreads(threads: number = mostThreads()): ColumnThreads {
  const who = "nodeColumnThreads";
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS)
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "threads",
      expected: `an integer of 1 to ${MOST_THREADS}`,
      received: String(threads),
    });
  // They start while this thread loads what follows.
  const hands = Array.from({ length: threads - 1 }, () => threadHand(who, ["read", "transform"]));
  let released = false;
  let coming: Promise<typeof import("@tideline/learn/transform/column-job")> | undefined;
  const defs = async () => (await (coming ??= import("@tideline/learn/transform/column-job"))).COLUMN_DEFS;
  // This thread loads them, too, with whatever else its caller does before it asks; then it is told what is wrong.
  defs().catch(() => undefined);
  return Object.freeze<ColumnThreads>({
    hands,
    defs,
    least: LEAST,
    async work(job: ColumnJob) {
      if (released)
        throw tidelineError("UNAVAILABLE", {
          who,
          expected: "living threads",
          received: "ones that were released",
        });
      const made = await Promise.all(hands.map((hand) => hand.ask({ ask: "transform", job }).catch(unsent)));
      return made.every((one) => one !== undefined) ? (made as ColumnMade[][]).flat() : undefined;
    },
    async release() {
      released = true;
      await Promise.all(hands.map((hand) => hand.end()));
    },
  });
}

function mostThreads(): number {
  return Math.min(availableParallelism(), MOST_THREADS);
}

/** What cannot be sent is no job for threads: as where a fit failed. */
function unsent(error: unknown): undefined {
  if (error instanceof DOMException && error.name === "DataCloneError") return undefined;
  throw error;
}
