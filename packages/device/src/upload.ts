import { isTidelineError, tidelineError, type ErrorCode, type TidelineError } from "@tideline/spec";
import { backoff } from "./backoff.ts";
import { sendLoad } from "./collect.ts";
import type { ClientLimits } from "./limits.ts";
import type { DevicePorts } from "./ports.ts";
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
export interface UploadOptions {
  readonly ports: DevicePorts;
  readonly limits: ClientLimits;
  readonly queue: Queue;
  readonly tally: Tally;
  readonly collect: string;
  readonly writeKey: string;
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
    /** Makes the next batch smaller, or gives a single event up. */
    const shrink = async (load: Load, error: TidelineError): Promise<void> => {
      tally.report("upload", error);
      if (load.records.length > 1) maxEvents = Math.ceil(load.records.length / 2);
      else await queue.drop(load);
    };

    const sendAll = async (): Promise<FlushOutcome> => {
      for (;;) {
        const load = await queue.next(maxEvents, limits.batchBytes);
        if (load === null) return end(null);
        ports.crashPoint?.("upload.send.before");
        const outcome = await sendLoad(load, { ...options, timeoutMs: limits.timeoutMs });
        ports.crashPoint?.("upload.send.after");
        tally.batches += 1;
        switch (outcome.kind) {
          case "accepted": {
            const { answer } = outcome;
            const settled = await queue.acknowledge(load, answer.acknowledged, answer.quarantined.length);
            acknowledged += settled;
            tally.duplicates += answer.duplicates;
            refused = 0;
            if (settled > 0) failures = 0;
            else if (!(await retry(nothingTaken(load), null))) return end("UNAVAILABLE");
            break;
          }
          case "too-large":
            await shrink(load, outcome.error);
            break;
          case "refused":
            if (load.records.length === 1) {
              refused += 1;
              maxEvents = limits.batchEvents;
            }
            if (refused === REFUSED_IN_A_ROW) {
              tally.stopped = true;
              return end(tally.report("upload", outcome.error, "error"));
            }
            await shrink(load, outcome.error);
            break;
          case "stop":
            tally.stopped = true;
            return end(tally.report("upload", outcome.error, "error"));
          case "retry":
            if (!(await retry(outcome.error, outcome.afterMs))) return end(outcome.error.code);
            break;
        }
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

function nothingTaken(load: Load): TidelineError {
  return tidelineError("UNAVAILABLE", {
    who: "upload",
    expected: `an acknowledgement of some of ${load.records.length} events`,
    received: "one of none",
  });
}
