import { randomUUID } from "node:crypto";
import { open, readdir, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { storageError, syncPath } from "../../catalog/index.ts";
import { crashPoint, type CrashPoint } from "../../crash-point.ts";
import { encodeCommit } from "./frame.ts";
import { readSegment } from "./read-segment.ts";
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES, type Segment } from "./segment.ts";

/** What becomes of a record's payload: another one of the same length, or null where it stays. */
export type PayloadChange = (payload: Uint8Array) => Uint8Array | null;

/** Where a process that rewrites a segment can be made to die. */
export interface SegmentCrashPoints {
  readonly beforeRename: CrashPoint;
  readonly afterRename: CrashPoint;
}

/** A segment's name in front of a temporary file's. */
const LEFTOVER = /^\.\d{8}-\d{8}\.log\..+\.tmp$/;

/** Removes what a kill left of segments that were being rewritten. */
export async function removeLeftovers(logFolder: string): Promise<void> {
  for (const name of await readdir(logFolder)) {
    if (LEFTOVER.test(name)) await rm(join(logFolder, name), { force: true });
  }
}

/** Writes a segment's records, changed; each keeps its place. */
async function writeChanged(segment: Segment, change: PayloadChange, target: FileHandle): Promise<void> {
  await target.write(encodeSegmentHeader(segment), 0, SEGMENT_HEADER_BYTES, 0);
  let offset = SEGMENT_HEADER_BYTES;
  for await (const { payload, commit, end } of readSegment(segment, { from: 0, mayBeTorn: false })) {
    const bytes = encodeCommit([change(payload) ?? payload], commit);
    await target.write(bytes, 0, bytes.length, offset);
    offset = end;
  }
}

/**
 * Changes the records of a segment that nobody writes to any more, in place and at equal length (docs/adr/0008): a copy
 * beside it, fsync, rename. Readers see the old bytes or the new ones; whoever has it open goes on with the old ones.
 *
 * @throws `LOG_CORRUPT`, `DISK_FULL`, `FSYNC_FAILED`
 */
export async function rewriteSegment(
  segment: Segment,
  change: PayloadChange,
  points: SegmentCrashPoints,
): Promise<void> {
  const folder = dirname(segment.path);
  const temporary = join(folder, `.${basename(segment.path)}.${randomUUID()}.tmp`);
  try {
    const target = await open(temporary, "wx", 0o600);
    try {
      await writeChanged(segment, change, target);
      await target.sync();
    } finally {
      await target.close();
    }
    crashPoint(points.beforeRename);
    await rename(temporary, segment.path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw storageError(cause, segment.path);
  }
  await syncPath(folder);
  crashPoint(points.afterRename);
}
