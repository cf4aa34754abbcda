import { open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { tidelineError } from "@tideline/spec";
import { syncPath } from "../../catalog/durable-write.ts";
import { crashesNext, crashPoint } from "../../crash-point.ts";
import { encodeCommit } from "./frame.ts";
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES, type Segment } from "./segment.ts";

/** An open segment that is being written. */
export interface SegmentWriter {
  readonly segment: Segment;
  /** Where the next commit starts: all before it is durable. */
  end(): number;
  /** Writes payloads as one commit; resolves after fsync. After a rejection nothing may be written any more. */
  commit(payloads: readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const result = await handle.write(bytes, written, bytes.length - written, position + written);
    written += result.bytesWritten;
  }
}

/**
 * Creates a segment, durably with its name.
 *
 * @throws `FENCED` where it exists: two owners have the same epoch
 */
export async function createSegment(segment: Segment): Promise<SegmentWriter> {
  crashPoint("ingest.log.before_segment");
  const handle = await open(segment.path, "wx", 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EEXIST") throw cause;
    throw tidelineError("FENCED", {
      who: segment.path,
      expected: "a new file",
      received: "one that exists",
      remedy: "Another process writes this log, or the owner's epoch did not count up.",
      cause,
    });
  });
  try {
    await writeAll(handle, encodeSegmentHeader(segment), 0);
    await handle.sync();
    await syncPath(dirname(segment.path));
  } catch (cause) {
    await handle.close();
    throw cause;
  }
  crashPoint("ingest.log.after_segment");
  let end = SEGMENT_HEADER_BYTES;

  const write = async (payloads: readonly Uint8Array[]): Promise<void> => {
    const bytes = encodeCommit(payloads, end);
    crashPoint("ingest.log.before_write");
    if (crashesNext("ingest.log.mid_write"))
      await writeAll(handle, bytes.subarray(0, bytes.length >> 1), end);
    crashPoint("ingest.log.mid_write");
    await writeAll(handle, bytes, end);
    crashPoint("ingest.log.after_write");
    await handle.datasync();
    crashPoint("ingest.log.after_fsync");
    end += bytes.length;
  };

  return {
    segment,
    end: () => end,
    commit: async (payloads) => {
      try {
        await write(payloads);
      } catch (cause) {
        // The kernel may still show bytes that it failed to store; a restart must not take them for stored.
        const [cut] = await Promise.allSettled([handle.truncate(end)]);
        if (cut.status === "fulfilled") throw cause;
        throw new AggregateError([cause, cut.reason], "a failed write that could not be cut off", { cause });
      }
    },
    close: () => handle.close(),
  };
}
