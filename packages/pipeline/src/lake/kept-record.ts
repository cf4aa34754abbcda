import type { ErasedPeople } from "../catalog/erased-file.ts";
import type { LogQuarantine, LogRecord } from "../log-record.ts";
import { correctedTime } from "./corrected-time.ts";

/** Person and time of a refused event whose content was kept. */
function contentOf({ content }: LogQuarantine): { subject: string | null; time: number | null } {
  const { subject, time } = (content ?? {}) as { subject?: unknown; time?: unknown };
  return {
    subject: typeof subject === "string" ? subject : null,
    time: typeof time === "number" ? time : null,
  };
}

/**
 * What of a record may get into the lake, or null for nothing: an erasure empties records, and those of people who
 * have left that slipped in (a log that was restored, a server that had not heard of it yet) stop here.
 */
export function keptRecord(record: LogRecord, people: ErasedPeople): LogRecord | null {
  const { install, sent_at, received_at } = record;
  if (install === "") return null;
  if (people.isEmpty) return record;
  if (people.hasInstall(install)) return null;
  const refuses = (subject: string, time: number | null): boolean =>
    people.refuses(subject, time === null ? 0 : correctedTime(time, sent_at, received_at));
  return {
    ...record,
    events: record.events.filter(({ subject, time }) => !refuses(subject, time)),
    quarantined: record.quarantined.map((refused) => {
      const { subject, time } = contentOf(refused);
      return subject !== null && refuses(subject, time) ? { ...refused, field: "", content: null } : refused;
    }),
  };
}
