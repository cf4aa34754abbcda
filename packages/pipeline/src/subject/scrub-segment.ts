import { readSegment } from "../ingest/log/read-segment.ts";
import { rewriteSegment } from "../ingest/log/rewrite-segment.ts";
import type { Segment } from "../ingest/log/segment.ts";
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

/** Where tests kill it. */
const POINTS = {
  beforeRename: "subject.segment.before_rename",
  afterRename: "subject.segment.after_rename",
} as const;

/**
 * Takes a scope out of a segment that nobody writes to any more. Answers what was taken out: a second time nothing.
 *
 * @throws `LOG_CORRUPT`, `DISK_FULL`, `FSYNC_FAILED`
 */
export async function scrubSegment(segment: Segment, scope: SubjectScope): Promise<ScrubCounts> {
  const counts = await countInSegment(segment, scope);
  if (counts.records > 0) {
    await rewriteSegment(segment, (payload) => scrubRecord(payload, scope)?.payload ?? null, POINTS);
  }
  return counts;
}
