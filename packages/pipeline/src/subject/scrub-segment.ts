import { randomUUID } from "node:crypto";
import { open, readdir, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { storageError, syncPath } from "../catalog/index.ts";
import { crashPoint } from "../crash-point.ts";
import { encodeCommit } from "../ingest/log/frame.ts";
import { readSegment } from "../ingest/log/read-segment.ts";
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES, type Segment } from "../ingest/log/segment.ts";
import { scrubRecord } from "./scrub-record.ts";
import type { SubjectScope } from "./scope.ts";

/** What was taken out of a log. */
export interface ScrubCounts {
  readonly segments: number;
  readonly records: number;
  readonly events: number;
  readonly quarantined: number;
  /** Places in what others sent that named who was erased; receipts of before they were counted lack it. */
  readonly names: number;
}

/** Nothing was taken out. */
export const NOTHING_SCRUBBED: ScrubCounts = Object.freeze({
  segments: 0,
  records: 0,
  events: 0,
  quarantined: 0,
  names: 0,
});

/** Adds counts. */
export const addCounts = (left: ScrubCounts, right: ScrubCounts): ScrubCounts => ({
  segments: left.segments + right.segments,
  records: left.records + right.records,
  events: left.events + right.events,
  quarantined: left.quarantined + right.quarantined,
  names: left.names + right.names,
});

/** A segment's name in front of a temporary file's. */
const LEFTOVER = /^\.\d{8}-\d{8}\.log\..+\.tmp$/;

/** Removes what a kill left of a segment that was being rewritten. */
export async function removeScrubLeftovers(logFolder: string): Promise<void> {
  for (const name of await readdir(logFolder)) {
    if (LEFTOVER.test(name)) await rm(join(logFolder, name), { force: true });
  }
}

/** What a segment holds of a scope. */
export async function countInSegment(segment: Segment, scope: SubjectScope): Promise<ScrubCounts> {
  let counts = NOTHING_SCRUBBED;
  for await (const { payload } of readSegment(segment, { from: 0, mayBeTorn: true })) {
    const scrubbed = scrubRecord(payload, scope);
    if (scrubbed === null) continue;
    const { payload: _payload, ...found } = scrubbed;
    counts = addCounts(counts, { segments: 0, records: 1, ...found });
  }
  return counts.records === 0 ? counts : { ...counts, segments: 1 };
}

/** Writes a segment without what is in scope; each record keeps its place. */
async function writeScrubbed(segment: Segment, scope: SubjectScope, target: FileHandle): Promise<void> {
  await target.write(encodeSegmentHeader(segment), 0, SEGMENT_HEADER_BYTES, 0);
  let offset = SEGMENT_HEADER_BYTES;
  for await (const { payload, commit, end } of readSegment(segment, { from: 0, mayBeTorn: false })) {
    const bytes = encodeCommit([scrubRecord(payload, scope)?.payload ?? payload], commit);
    await target.write(bytes, 0, bytes.length, offset);
    offset = end;
  }
}

/**
 * Takes a scope out of a segment that nobody writes to any more: a copy beside it, fsync, rename. Readers see the old
 * bytes or the new ones; whoever has it open goes on with the old ones. Answers what was taken out: a second time
 * nothing.
 *
 * @throws `LOG_CORRUPT`, `DISK_FULL`, `FSYNC_FAILED`
 */
export async function scrubSegment(segment: Segment, scope: SubjectScope): Promise<ScrubCounts> {
  const counts = await countInSegment(segment, scope);
  if (counts.records === 0) return counts;
  const folder = dirname(segment.path);
  const temporary = join(folder, `.${basename(segment.path)}.${randomUUID()}.tmp`);
  try {
    const target = await open(temporary, "wx", 0o600);
    try {
      await writeScrubbed(segment, scope, target);
      await target.sync();
    } finally {
      await target.close();
    }
    crashPoint("subject.segment.before_rename");
    await rename(temporary, segment.path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw storageError(cause, segment.path);
  }
  await syncPath(folder);
  crashPoint("subject.segment.after_rename");
  return counts;
}
