import { tidelineError } from "@tideline/spec";
import type { TreeThreads } from "./tree-threads.ts";

/** Threads at most: beyond them a thread's share is too small. */
const MOST_THREADS = 64;

/**
 * Threads that kernels take: those asked for, by default the platform's, at most 64, and one without a port.
 *
 * @throws ARGUMENT_INVALID for threads that are no integer of at least 1.
 * @example
 * threadCount(undefined, nodeTreeThreads()); // 8 on a machine with eight processors
 */
export function threadCount(asked: number | undefined, port: TreeThreads | undefined): number {
  if (asked !== undefined) checkThreads("tree kernels", asked);
  if (port === undefined) return 1;
  return Math.min(asked ?? port.parallelism, MOST_THREADS);
}

/** Holds a number of threads that a caller gives to an integer of at least 1. @throws ARGUMENT_INVALID. */
export function checkThreads(who: string, threads: unknown): void {
  if (Number.isSafeInteger(threads) && (threads as number) >= 1) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "threads",
    expected: "an integer of at least 1",
    received: typeof threads === "string" ? JSON.stringify(threads) : String(threads),
  });
}
