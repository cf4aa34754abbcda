import { Worker } from "node:worker_threads";
import { tidelineError, type TidelineError } from "@tideline/spec";
import type { LogPosition } from "../log-record.ts";
import { receivedError } from "../portable-error.ts";
import { NO_COUNTS, type IngestCounts } from "./ingest-counts.ts";
import type { IngestCommand, IngestMessage } from "./ingest-message.ts";
import type { IngestOptions } from "./ingest-options.ts";

/** A running ingest server, seen from the owner's main thread. */
export interface Ingest {
  /** URL at which it listens. */
  readonly address: string;
  /** Everything before it in the log is durable. */
  position(): LogPosition;
  /** Calls back after each commit with the place before which everything is durable; returns how to stop that. */
  onDurable(callback: (position: LogPosition) => void): () => void;
  /** What was stored since it started, at most a tenth of a second old. */
  counts(): IngestCounts;
  /** Stops listening, answers what it has, closes the log, and ends the thread. */
  close(): Promise<void>;
  /**
   * Resolves when the server cannot go on: `DISK_FULL` or `FSYNC_FAILED` of the log, else `INTERNAL`. Nothing was
   * acknowledged since. The owner prints the message and ends the process with the code's exit status (74 for the
   * log's). Stays pending otherwise.
   */
  readonly fatal: Promise<TidelineError>;
}

/**
 * Starts the ingest server of a folder in a thread of its own, so that nothing that the owner computes delays an
 * acknowledgement.
 *
 * @throws `PORT_IN_USE`, `LOG_CORRUPT`, `FENCED`, `DISK_FULL`, `FSYNC_FAILED`, `CONFIG_MALFORMED`,
 * `RESIDENCY_MISMATCH`
 * @example
 * const ingest = await startIngest({ folder, epoch, appModule, port: 0, writeKeys: [key], pseudonymKey, clock: null });
 * ingest.onDurable((position) => lake.catchUp(position));
 */
export function startIngest(options: IngestOptions): Promise<Ingest> {
  const worker = new Worker(new URL("./ingest-worker.ts", import.meta.url), {
    workerData: options,
    name: "ingest",
    // As the loop's thread: what is left of short-lived garbage stays small.
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  const fatal = Promise.withResolvers<TidelineError>();
  const closed = Promise.withResolvers<void>();
  const started = Promise.withResolvers<Ingest>();
  const callbacks = new Set<(position: LogPosition) => void>();
  let counts = NO_COUNTS;
  let position: LogPosition;

  const fail = (error: TidelineError): void => {
    started.reject(error);
    fatal.resolve(error);
  };
  const close = async (): Promise<void> => {
    worker.postMessage({ kind: "close" } satisfies IngestCommand, []);
    await closed.promise;
  };

  worker.on("message", (message: IngestMessage) => {
    switch (message.kind) {
      case "ready":
        position = message.position;
        started.resolve({
          address: message.address,
          position: () => position,
          onDurable: (callback) => {
            callbacks.add(callback);
            return () => void callbacks.delete(callback);
          },
          counts: () => counts,
          close,
          fatal: fatal.promise,
        });
        break;
      case "durable":
        position = message.position;
        for (const callback of callbacks) callback(position);
        break;
      case "counts":
        counts = message.counts;
        break;
      case "fatal":
        fail(receivedError(message.error));
        break;
      case "closed":
        counts = message.counts;
        break;
    }
  });
  worker.on("error", (cause) =>
    fail(tidelineError("INTERNAL", { who: "ingest", received: "an error that nothing caught", cause })),
  );
  worker.on("exit", (status) => {
    if (status !== 0)
      fail(tidelineError("INTERNAL", { who: "ingest", received: `the thread's end (${status})` }));
    closed.resolve();
  });
  return started.promise;
}
