import { tidelineError, type TidelineError } from "@tideline/spec";
import { makeFolder } from "../../catalog/durable-write.ts";
import { storageError } from "../../catalog/storage-error.ts";
import type { LogPosition } from "../../log-record.ts";
import { FRAME_HEADER_BYTES, MAX_PAYLOAD_BYTES } from "./frame.ts";
import { logFault } from "./log-fault.ts";
import { sealLog } from "./seal-log.ts";
import { segmentOf } from "./segment.ts";
import { createSegment, type SegmentWriter } from "./segment-writer.ts";
import { writerLog } from "./writer-log.ts";

/** 64 MiB: some 15 hours of one phone's motion; read in a fraction of a second; a day of a fleet in few files. */
export const SEGMENT_BYTES = 64 * 1024 * 1024;

/** What {@link openLog} needs. */
export interface OpenLogOptions {
  /** The owner's folder; the log stands in its `log/`, or in `log-<writer>/`. */
  readonly folder: string;
  /** Null, or left out, for the first writer. */
  readonly writer?: string | null;
  /** Fencing epoch of the owner, greater than that of every owner before. */
  readonly epoch: number;
  /** Bytes after which a new segment is begun; {@link SEGMENT_BYTES} when left out. */
  readonly segmentBytes?: number;
  /** Called after each commit, before its appends resolve. */
  readonly onCommit?: (position: LogPosition) => void;
  /** Called once when a write or fsync has failed: the owner has to stop. */
  readonly onFault?: (error: TidelineError) => void;
}

/** The durable log, open for writing. */
export interface Log {
  /**
   * Appends a payload and resolves with the place after its commit once that is fsynced. Rejects with `DISK_FULL`
   * or `FSYNC_FAILED`, and then so does every later append; with `BATCH_TOO_LARGE` a payload that no reader would take.
   */
  append(payload: Uint8Array): Promise<LogPosition>;
  /** The place before which everything is durable. */
  position(): LogPosition;
  /** Bytes that wait for their fsync. */
  waitingBytes(): number;
  /**
   * Begins a new segment, so that the ones before are whole: after everything that was appended has been committed
   * and `between`, told the place after it, has been done; what is appended meanwhile goes into the new segment.
   */
  roll(between?: (position: LogPosition) => Promise<void>): Promise<LogPosition>;
  /** Waits for what was appended, then closes the file. */
  close(): Promise<void>;
}

interface Waiting {
  readonly payload: Uint8Array;
  readonly resolve: (position: LogPosition) => void;
  readonly reject: (error: TidelineError) => void;
}

/** A new segment that was asked for, with what was appended before and not committed yet. */
interface Roll extends Omit<Waiting, "payload"> {
  readonly group: readonly Waiting[];
  readonly between: (position: LogPosition) => Promise<void>;
}

/**
 * Opens the log of a folder for its new owner: seals what the last owner left and starts a segment of its own.
 * Appends are committed in groups: while one write and fsync runs, others gather, and the next commit takes all.
 *
 * @throws `LOG_CORRUPT`, `FENCED`, `DISK_FULL`, `FSYNC_FAILED`
 * @example
 * const log = await openLog({ folder, epoch: 3 });
 * await log.append(encodeBatch(record, attachment, text)); // durable from here on
 */
export async function openLog(options: OpenLogOptions): Promise<Log> {
  const { epoch, segmentBytes = SEGMENT_BYTES } = options;
  const logFolder = writerLog(options.folder, options.writer ?? null).path;
  const begin = (number: number): Promise<SegmentWriter> =>
    createSegment(segmentOf(logFolder, epoch, number));
  const prepare = async (): Promise<SegmentWriter> => {
    await makeFolder(logFolder);
    await sealLog(logFolder);
    return begin(1);
  };
  let writer = await prepare().catch((cause: unknown) => {
    throw storageError(cause, logFolder);
  });
  let waiting: Waiting[] = [];
  let rolls: Roll[] = [];
  let waitingBytes = 0;
  let fault: TidelineError | undefined;
  let running: Promise<void> | undefined;

  const position = (): LogPosition =>
    Object.freeze({ epoch, segment: writer.segment.number, offset: writer.end() });

  const beginNext = async (): Promise<void> => {
    const full = writer;
    writer = await begin(full.segment.number + 1);
    await full.close();
  };

  const fail = (cause: unknown, others: readonly Pick<Waiting, "reject">[]): void => {
    const error = logFault(cause, writer.segment.path);
    fault = error;
    for (const { reject } of [...others, ...rolls.flatMap((roll) => [...roll.group, roll]), ...waiting])
      reject(error);
    waiting = [];
    rolls = [];
    waitingBytes = 0;
    options.onFault?.(error);
  };

  const commitGroup = async (group: readonly Waiting[]): Promise<void> => {
    try {
      if (writer.end() >= segmentBytes) await beginNext();
      await writer.commit(group.map(({ payload }) => payload));
    } catch (cause) {
      fail(cause, group);
      return;
    }
    for (const { payload } of group) waitingBytes -= FRAME_HEADER_BYTES + payload.length;
    const durable = position();
    options.onCommit?.(durable);
    for (const { resolve } of group) resolve(durable);
  };

  const rollOver = async (roll: Roll): Promise<void> => {
    if (roll.group.length > 0) await commitGroup(roll.group);
    if (fault !== undefined) {
      roll.reject(fault);
      return;
    }
    try {
      await roll.between(position());
      await beginNext();
    } catch (cause) {
      fail(cause, [roll]);
      return;
    }
    options.onCommit?.(position());
    roll.resolve(position());
  };

  const commitAll = async (): Promise<void> => {
    while (rolls.length > 0 || waiting.length > 0) {
      const roll = rolls.shift();
      if (roll !== undefined) {
        await rollOver(roll);
        continue;
      }
      const group = waiting;
      waiting = [];
      await commitGroup(group);
    }
    running = undefined;
  };

  return {
    append: (payload) =>
      new Promise((resolve, reject) => {
        if (fault !== undefined) {
          reject(fault);
          return;
        }
        // Acknowledged, it would be found to be damage, with all that stands behind it.
        if (payload.length === 0 || payload.length > MAX_PAYLOAD_BYTES) {
          const expected = `1 to ${MAX_PAYLOAD_BYTES} bytes`;
          const received = String(payload.length);
          reject(tidelineError("BATCH_TOO_LARGE", { who: logFolder, field: "payload", expected, received }));
          return;
        }
        waiting.push({ payload, resolve, reject });
        waitingBytes += FRAME_HEADER_BYTES + payload.length;
        running ??= Promise.resolve().then(commitAll);
      }),
    position,
    roll: (between = () => Promise.resolve()) =>
      new Promise((resolve, reject) => {
        if (fault !== undefined) {
          reject(fault);
          return;
        }
        rolls.push({ group: waiting, between, resolve, reject });
        waiting = [];
        running ??= Promise.resolve().then(commitAll);
      }),
    waitingBytes: () => waitingBytes,
    close: async () => {
      await running;
      await writer.close();
    },
  };
}
