import { decodeLogRecord } from "../ingest/log/log-record.ts";
import { readSegment } from "../ingest/log/read-segment.ts";
import { listSegments, type Segment } from "../ingest/log/segment.ts";
import { listLogs } from "../ingest/log/writer-log.ts";
import type { LogRecord } from "../log-record.ts";

/** A record as its segment holds it. */
export interface StoredRecord {
  readonly record: LogRecord;
  readonly attachment: Uint8Array;
}

/** Records of a segment; those of a commit that is being written, or was torn, are left out. */
export async function* segmentRecords(segment: Segment): AsyncGenerator<StoredRecord> {
  for await (const { payload, end } of readSegment(segment, { from: 0, mayBeTorn: true })) {
    yield decodeLogRecord(payload, `${segment.path}, record before byte ${end}`);
  }
}

/** Every record of every log, whether it has reached the lake or not. Records that an erasure emptied are left out. */
export async function* everyRecord(folder: string): AsyncGenerator<StoredRecord> {
  for (const { path } of await listLogs(folder)) {
    for (const segment of await listSegments(path)) {
      for await (const stored of segmentRecords(segment)) if (stored.record.install !== "") yield stored;
    }
  }
}

/** The pseudonym that the content of a refused event names; null where nothing of it was kept. */
export function subjectOfContent(content: object | null): string | null {
  const { subject } = (content ?? {}) as { readonly subject?: unknown };
  return typeof subject === "string" ? subject : null;
}
