import { decodeLogRecord } from "../ingest/log/log-record.ts";
import { readSegment } from "../ingest/log/read-segment.ts";
import { listSegments, type Segment } from "../ingest/log/segment.ts";
import { listLogs } from "../ingest/log/writer-log.ts";
import { correctedTime } from "../lake/corrected-time.ts";
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

/** An event of a record, accepted or refused, as far as it is about a person. */
export interface PersonalEvent {
  readonly seq: number;
  readonly subject: string | null;
  /** Another pseudonym of the same person until then; null where none was told. */
  readonly previous: string | null;
  /** When it happened, by the corrected clock, milliseconds since 1970; what has no time of its own counts as old. */
  readonly moment: number;
}

/** One number, one person, one moment of each event of a record, in the order of `events`, then of `quarantined`. */
export function personalEvents({ events, quarantined, sent_at, received_at }: LogRecord): PersonalEvent[] {
  const personal = (seq: number, content: object | null): PersonalEvent => {
    const { time, previous } = (content ?? {}) as { readonly time?: unknown; readonly previous?: unknown };
    return {
      seq,
      subject: subjectOfContent(content),
      previous: typeof previous === "string" ? previous : null,
      moment: typeof time === "number" ? correctedTime(time, sent_at, received_at) : 0,
    };
  };
  return [
    ...events.map((event) => personal(event.seq, event)),
    ...quarantined.map(({ seq, content }) => personal(seq, content)),
  ];
}
