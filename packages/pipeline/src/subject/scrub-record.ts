import {
  rewriteRecord,
  withoutItems,
  type LeftRecord,
  type RewrittenRecord,
} from "../ingest/log/rewrite-record.ts";
import { previousOf, unnamedRecord } from "../lake/kept-record.ts";
import type { LogRecord } from "../log-record.ts";
import { personalEvents } from "./stored-record.ts";
import { inScope, type SubjectScope } from "./scope.ts";

/** What a record lost besides its events. */
interface NameCount {
  /** Places in what is left, which is others', that named who is in scope. */
  readonly names: number;
}

/** What was taken out of a record. */
export type Scrubbed = RewrittenRecord & NameCount;

/** A record of which nothing is left: no install, no numbers, only when it came. */
const emptied = ({ format, received_at }: LogRecord): LogRecord => ({
  format,
  received_at,
  install: "",
  epoch: 0,
  sdk: "",
  sent_at: 0,
  events: [],
  quarantined: [],
  duplicates: 0,
});

/** In how many places a record names somebody for others: earlier pseudonyms, and that of its phone. */
const namesIn = ({ events, quarantined, install_subject }: LogRecord): number =>
  [...events, ...quarantined.map(({ content }) => content)].filter((item) => previousOf(item) !== null)
    .length + (install_subject === undefined ? 0 : 1);

/**
 * The record without the events of a scope, and without the names of its people in what is left; the numbers of what is
 * gone stay, so that a copy of it is none new. Null where it has neither.
 */
function reduced(record: LogRecord, scope: SubjectScope): LeftRecord<NameCount> | null {
  const personal = personalEvents(record);
  const kept = withoutItems(record, (_, place) => {
    const { subject, moment } = personal[place]!;
    return inScope(scope, record.install, subject, moment);
  });
  const left = unnamedRecord(kept, (name) => scope.namedUntil(name) >= record.received_at);
  const names = namesIn(kept) - namesIn(left);
  return kept === record && names === 0 ? null : { left, counts: { names } };
}

/** Takes what is in scope out of a record's payload, or answers null where it holds none of it. */
export function scrubRecord(payload: Uint8Array, scope: SubjectScope): Scrubbed | null {
  return rewriteRecord(payload, (record) =>
    scope.hasInstall(record.install)
      ? { left: emptied(record), counts: { names: 0 } }
      : reduced(record, scope),
  );
}
