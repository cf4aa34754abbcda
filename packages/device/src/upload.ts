import { isTidelineError, tidelineError, type ErrorCode, type TidelineError } from "@tideline/spec";
import { backoff } from "./backoff.ts";
import { sendLoad, type CollectOptions } from "./collect.ts";
import type { ClientLimits } from "./limits.ts";
import type { Load, Queue } from "./queue.ts";
import { createSerial } from "./serial.ts";
import type { Tally } from "./tally.ts";

/** What became of a call of `flush`. */
export interface FlushOutcome {
  /** Events that the server took over during the call. */
  readonly acknowledged: number;
  /** Events that still wait. */
  readonly pending: number;
  /** Why it ended before all was sent; null when nothing waits. */
  readonly stopped: ErrorCode | null;
}

/** Options of {@link createUpload}. */
export interface UploadOptions extends Omit<CollectOptions, "timeoutMs"> {
  readonly limits: ClientLimits;
  readonly queue: Queue;
  readonly tally: Tally;
}

/**
 * Single events in a row that a server may refuse as malformed before the client stops: then not the events are at
 * fault but the server, and giving up more of them would lose them all.
 */
const REFUSED_IN_A_ROW = 3;

/** The sending side of the queue: returns `flush`. Calls made while one runs share the one after it. */
export function createUpload(options: UploadOptions): () => Promise<FlushOutcome> {
  const { ports, limits, queue, tally } = options;
  const serial = createSerial();

  const drain = async (): Promise<FlushOutcome> => {
    let acknowledged = 0;
    let failures = 0;
    let refused = 0;
    let maxEvents = limits.batchEvents;
    tally.stopped = false;
    const end = (stopped: ErrorCode | null): FlushOutcome => ({
      acknowledged,
      pending: queue.counts().pending,
      stopped,
    });
    /** Counts a failure and pauses; false when it was one too many. */
    const retry = async (error: TidelineError, afterMs: number | null): Promise<boolean> => {
      tally.report("upload", error);
      if (failures === 0) tally.outages += 1;
      failures += 1;
      if (failures >= limits.attempts) return false;
      tally.retries += 1;
      await ports.timer.wait(afterMs ?? backoff(failures, { ...limits, random: ports.random }));
      return true;
    };

    const sendAll = async (): Promise<FlushOutcome> => {
      for (;;) {
        const load = await queue.next(maxEvents, limits.batchBytes);
        if (load === null) return end(null);
        ports.crashPoint?.("upload.send.before");
        const outcome = await sendLoad(load, { ...options, timeoutMs: limits.timeoutMs });
        ports.crashPoint?.("upload.send.after");
        if (outcome.kind === "withdrawn") continue;
        tally.batches += 1;
        if (outcome.kind === "accepted") {
          const { answer } = outcome;
          const settled = await queue.acknowledge(load, answer.acknowledged, answer.quarantined.length);
          acknowledged += settled;
          tally.duplicates += answer.duplicates;
          refused = 0;
          if (settled > 0) failures = 0;
          else if (load.isCurrent() && !(await retry(nothingTaken(load), null))) return end("UNAVAILABLE");
          continue;
        }
        const { kind, error, afterMs } = outcome;
        const isSingle = load.records.length === 1;
        if (kind === "retry") {
          if (await retry(error, afterMs)) continue;
          return end(error.code);
        }
        if (kind === "refused" && isSingle) refused += 1;
        tally.stopped = kind === "stop" || refused === REFUSED_IN_A_ROW;
        tally.report("upload", error, tally.stopped ? "error" : "warning");
        if (tally.stopped || kind === "defer") return end(error.code);
        // The next batch is smaller, or the single event is given up.
        if (isSingle) await queue.drop(load);
        maxEvents = isSingle ? limits.batchEvents : Math.ceil(load.records.length / 2);
      }
    };

    try {
      return await sendAll();
    } catch (error) {
      // The phone's own storage failed: what waits is still there.
      if (!isTidelineError(error)) throw error;
      return end(tally.report("upload", error, "error"));
    }
  };

  let upcoming: Promise<FlushOutcome> | null = null;
  return () => {
    upcoming ??= serial(() => {
      upcoming = null;
      return drain();
    });
    return upcoming;
  };
}

function nothingTaken({ records }: Load): TidelineError {
  return tidelineError("UNAVAILABLE", {
    who: "upload",
    expected: `an acknowledgement of some of ${records.length} events`,
    received: "one of none",
  });
}
