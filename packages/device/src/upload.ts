import { isTidelineError, tidelineError, type ErrorCode, type TidelineError } from "@tideline/spec";
import { backoff } from "./backoff.ts";
import { sendLoad } from "./collect.ts";
import type { Context } from "./context.ts";
import type { Queue } from "./queue.ts";
import { createSerial } from "./serial.ts";

/** What became of a call of `flush`. */
export interface FlushOutcome {
  /** Events that the server took over during the call. */
  readonly acknowledged: number;
  /** Events that still wait. */
  readonly pending: number;
  /** Why it ended before all was sent; null when nothing waits. */
  readonly stopped: ErrorCode | null;
}

/**
 * Single events in a row that a server may refuse as malformed before the client stops: then not the events are at
 * fault but the server, and giving up more of them would lose them all.
 */
const REFUSED_IN_A_ROW = 3;

/** The sending side of the queue: returns `flush`. Calls made while one runs share the one after it. */
export function createUpload(context: Context, queue: Queue): () => Promise<FlushOutcome> {
  const { ports, limits, tally } = context;
  const { uploads } = tally;
  const serial = createSerial();

  const drain = async (): Promise<FlushOutcome> => {
    let acknowledged = 0;
    let failures = 0;
    let refused = 0;
    let maxEvents = limits.batchEvents;
    uploads.stopped = false;
    const end = (stopped: ErrorCode | null): FlushOutcome => ({
      acknowledged,
      pending: queue.counts().pending,
      stopped,
    });
    /** Counts a failure and pauses; false when it was one too many. */
    const retry = async (error: TidelineError, afterMs: number | null = null): Promise<boolean> => {
      tally.report("upload", error);
      if (failures === 0) uploads.outages += 1;
      failures += 1;
      if (failures >= limits.attempts) return false;
      uploads.retries += 1;
      await ports.timer.wait(afterMs ?? backoff(failures, limits, ports.random));
      return true;
    };

    try {
      for (;;) {
        const load = await queue.next(maxEvents, limits.batchBytes);
        if (load === null) return end(null);
        ports.crashPoint?.("upload.send.before");
        const { answer, error, afterMs } = await sendLoad(context, load);
        ports.crashPoint?.("upload.send.after");
        if (answer) {
          uploads.batches += 1;
          uploads.duplicates += answer.duplicates;
          const settled = await queue.acknowledge(load, answer.acknowledged, answer.quarantined.length);
          acknowledged += settled;
          refused = 0;
          if (settled > 0) failures = 0;
          else if (load.isCurrent()) {
            const nothing = tidelineError("UNAVAILABLE", {
              who: "upload",
              received: "an answer to no event",
            });
            if (!(await retry(nothing))) return end("UNAVAILABLE");
          }
        } else if (error) {
          uploads.batches += 1;
          const { code } = error;
          if (code === "UNAVAILABLE" || code === "OVERLOADED") {
            if (await retry(error, afterMs)) continue;
            return end(code);
          }
          const isSingle = load.records.length === 1;
          const isMalformed = code === "BATCH_MALFORMED";
          if (isMalformed && isSingle) refused += 1;
          const canShrink = code === "BATCH_TOO_LARGE" || (isMalformed && refused < REFUSED_IN_A_ROW);
          // The phone's own budget ends this call; a wrong key, address or server all that follow, too.
          uploads.stopped = !canShrink && code !== "BUDGET_SPENT";
          tally.report("upload", error, uploads.stopped ? "error" : "warning");
          if (!canShrink) return end(code);
          // The next batch is smaller, or the single event is given up.
          if (isSingle) await queue.drop(load);
          maxEvents = isSingle ? limits.batchEvents : Math.ceil(load.records.length / 2);
        }
      }
    } catch (error) {
      // The phone's own storage failed: what waits is still there.
      if (isTidelineError(error)) return end(tally.report("upload", error, "error"));
      throw error;
    }
  };

  let upcoming: Promise<FlushOutcome> | null = null;
  return () =>
    (upcoming ??= serial(() => {
      upcoming = null;
      return drain();
    }));
}
