import { canonicalJson } from "@tideline/spec";
import { rewriteRecord, withoutItems, type RewrittenRecord } from "../ingest/log/rewrite-record.ts";
import type { LogRecord } from "../log-record.ts";
import type { Cutoffs } from "./cutoff.ts";

/** What was taken out of a record. */
export interface ExpiredRecord extends RewrittenRecord {
  /** 1 where the record lost what it said of its phone, too. */
  readonly receipts: number;
}

/**
 * A record of which only the numbers are left, with the install whose they are: neither pseudonym nor proof, version or
 * clock of the phone. Where it had none, as that of a batch of copies, not the install either, as after an erasure.
 */
function numbersOnly({ format, received_at, install, epoch, duplicates, erased }: LogRecord): LogRecord {
  const of = erased === undefined ? { install: "", epoch: 0 } : { install, epoch, erased };
  return { format, received_at, ...of, sdk: "", sent_at: 0, events: [], quarantined: [], duplicates };
}

/** Whether a record says more than its numbers. */
const saysMore = (record: LogRecord): boolean => canonicalJson(record) !== canonicalJson(numbersOnly(record));

/**
 * Takes what is past its time out of a record's payload, or answers null where nothing is. The numbers of what is gone
 * stay, so that a copy of it that comes late is none new; what the record says of its phone goes with the last retention.
 */
export function expireRecord(payload: Uint8Array, cutoffs: Cutoffs): ExpiredRecord | null {
  return rewriteRecord(payload, (record) => {
    const { received_at } = record;
    const left = withoutItems(record, ({ name }) => received_at < cutoffs.of(name));
    // Whatever a definition says, a record that still holds an event keeps what is told of it.
    const isEmpty = left.events.length + left.quarantined.length === 0;
    const isReceipt = isEmpty && received_at < cutoffs.others && saysMore(record);
    if (left === record && !isReceipt) return null;
    return { left: isReceipt ? numbersOnly(left) : left, counts: { receipts: isReceipt ? 1 : 0 } };
  });
}
