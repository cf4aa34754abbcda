import type { ErasedPeople } from "../catalog/erased-file.ts";
import type { LogEvent, LogQuarantine, LogRecord } from "../log-record.ts";
import { correctedTime } from "./corrected-time.ts";

/** Person and time of a refused event whose content was kept. */
function contentOf({ content }: LogQuarantine): { subject: string | null; time: number | null } {
  const { subject, time } = (content ?? {}) as { subject?: unknown; time?: unknown };
  return {
    subject: typeof subject === "string" ? subject : null,
    time: typeof time === "number" ? time : null,
  };
}

/** The pseudonym that something names as an earlier one of its person; null where it names none. */
export function previousOf(holder: object | null): string | null {
  const { previous } = (holder ?? {}) as { readonly previous?: unknown };
  return typeof previous === "string" ? previous : null;
}

/** Something without the earlier pseudonym that it names; itself where that may stay. */
function withoutPrevious<Holder extends object | null>(
  holder: Holder,
  isGone: (subject: string) => boolean,
): Holder {
  const previous = previousOf(holder);
  if (previous === null || !isGone(previous)) return holder;
  const { previous: _previous, ...rest } = holder as object as { readonly previous: string };
  return rest as object as Holder;
}

/**
 * A record without the names of people who have left, where it names them for others: as an earlier pseudonym of an
 * event's person, and as the pseudonym of a phone that several people share. The same record where there is none.
 *
 * @param isGone whether a pseudonym may not stand in this record any more
 */
export function unnamedRecord(record: LogRecord, isGone: (subject: string) => boolean): LogRecord {
  const events = record.events.map((event): LogEvent => withoutPrevious(event, isGone));
  const quarantined = record.quarantined.map((refused): LogQuarantine => {
    const content = withoutPrevious(refused.content, isGone);
    return content === refused.content ? refused : { ...refused, content };
  });
  const { install_subject: named, ...rest } = record;
  const isNamed = named !== undefined && isGone(named);
  const isSame =
    !isNamed &&
    events.every((event, index) => event === record.events[index]) &&
    quarantined.every((refused, index) => refused === record.quarantined[index]);
  if (isSame) return record;
  return { ...(isNamed ? rest : record), events, quarantined };
}

/**
 * What of a record may get into the lake, or null for nothing: an erasure empties records, and those of people who
 * have left that slipped in (a log that was restored, a server that had not heard of it yet) stop here. So do their
 * names in what others send: an earlier id for good, as at ingest; the pseudonym of a shared phone as far as the record
 * came before the erasure, because what it sends later without a user is somebody else's.
 */
export function keptRecord(record: LogRecord, people: ErasedPeople): LogRecord | null {
  const { install, install_subject: nameless, sent_at, received_at } = record;
  if (install === "") return null;
  if (people.isEmpty) return record;
  if (people.hasInstall(install)) return null;
  const refuses = (subject: string, time: number | null): boolean => {
    const moment = time === null ? 0 : correctedTime(time, sent_at, received_at);
    return people.refuses(install, subject, moment);
  };
  const kept = {
    ...record,
    events: record.events.filter(({ subject, time }) => !refuses(subject, time)),
    quarantined: record.quarantined.map((refused) => {
      const { subject, time } = contentOf(refused);
      return subject !== null && refuses(subject, time) ? { ...refused, field: "", content: null } : refused;
    }),
  };
  return unnamedRecord(kept, (name) => people.refuses(install, name, name === nameless ? received_at : 0));
}
