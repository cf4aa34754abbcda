import { publishErased, type Catalog, type Owner } from "../catalog/index.ts";
import { closeLogs } from "../ingest/log/close-log.ts";
import { readSegment } from "../ingest/log/read-segment.ts";
import { removeLeftovers, rewriteSegment } from "../ingest/log/rewrite-segment.ts";
import { listSegments, type Segment } from "../ingest/log/segment.ts";
import { listLogs } from "../ingest/log/writer-log.ts";
import type { Cutoffs } from "./cutoff.ts";
import { expireRecord } from "./expire-record.ts";

/** What was taken out of the logs. */
export interface ExpiredLog {
  readonly segments: number;
  readonly events: number;
  readonly quarantined: number;
  /** Records that lost what they said of their phone: nothing but numbers is left. */
  readonly receipts: number;
}

/** What expiring the logs needs. */
export interface ExpireLogContext {
  readonly owner: Pick<Owner, "layout" | "assertEpoch">;
  readonly catalog: Catalog;
  /** Whether the folder's own ingest server lives beside. */
  readonly isServed: boolean;
}

/** Where tests kill it. */
const POINTS = {
  beforeRename: "retention.segment.before_rename",
  afterRename: "retention.segment.after_rename",
} as const;

/** What of a segment is past its time. */
async function countPast(segment: Segment, cutoffs: Cutoffs): Promise<ExpiredLog> {
  let [events, quarantined, receipts] = [0, 0, 0];
  for await (const { payload } of readSegment(segment, { from: 0, mayBeTorn: true })) {
    const expired = expireRecord(payload, cutoffs);
    events += expired?.events ?? 0;
    quarantined += expired?.quarantined ?? 0;
    receipts += expired?.receipts ?? 0;
  }
  return { segments: events + quarantined + receipts > 0 ? 1 : 0, events, quarantined, receipts };
}

/**
 * Takes what is past its time out of every log, in place and at equal length (docs/adr/0008). Living writers begin new
 * segments first, but only where there is anything to take out. A second time it finds nothing.
 *
 * @throws `UNAVAILABLE` where a living writer does not begin a new segment; `LOG_CORRUPT`, `DISK_FULL`, `FSYNC_FAILED`
 */
export async function expireLogs(
  { owner, catalog, isServed }: ExpireLogContext,
  cutoffs: Cutoffs,
): Promise<ExpiredLog> {
  const { root } = owner.layout;
  const past = new Map<string, ExpiredLog>();
  for (const { path } of await listLogs(root)) {
    for (const segment of await listSegments(path)) {
      const counts = await countPast(segment, cutoffs);
      if (counts.segments > 0) past.set(segment.path, counts);
    }
  }
  if (past.size === 0) return { segments: 0, events: 0, quarantined: 0, receipts: 0 };
  const closed = await closeLogs({ folder: root, isServed, announce: () => publishErased(catalog, root) });
  try {
    for (const { log, segments } of closed) {
      await removeLeftovers(log.path);
      for (const segment of segments) {
        if (!past.has(segment.path)) continue;
        owner.assertEpoch();
        await rewriteSegment(segment, (payload) => expireRecord(payload, cutoffs)?.payload ?? null, POINTS);
      }
    }
  } finally {
    for (const { release } of closed) release();
  }
  const found = [...past.values()];
  return {
    segments: found.length,
    events: found.reduce((sum, { events }) => sum + events, 0),
    quarantined: found.reduce((sum, { quarantined }) => sum + quarantined, 0),
    receipts: found.reduce((sum, { receipts }) => sum + receipts, 0),
  };
}
