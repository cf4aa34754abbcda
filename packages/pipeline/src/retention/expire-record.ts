import { canonicalJson, decodeBatch, sequenceSet, tidelineError } from "@tideline/spec";
import { nodeText } from "../ingest/node-text.ts";
import type { LogEvent, LogRecord } from "../log-record.ts";
import type { Cutoffs } from "./cutoff.ts";

/** What was taken out of a record. */
export interface ExpiredRecord {
  /** As long as before, so that every position of the log stays what it was. */
  readonly payload: Uint8Array;
  readonly events: number;
  readonly quarantined: number;
  /** 1 where the record lost what it said of its phone, too. */
  readonly receipts: number;
}

/** Bytes of a payload before its header's JSON: magic and length, four each (docs/wire.md). */
const PREFIX_BYTES = 8;

/** Where the frames of an event stand. An empty one stands nowhere. */
const frameOffsets = ({ properties }: LogEvent): readonly number[] =>
  Object.values(properties).flatMap((value) =>
    typeof value === "object" && value !== null && "offset" in value && value.samples > 0
      ? [value.offset]
      : [],
  );

/** The attachment with zeros in place of the samples of events that went; frames stand one after the other. */
function keptSamples(
  attachment: Uint8Array,
  before: readonly LogEvent[],
  kept: readonly LogEvent[],
): Uint8Array {
  const starts = [...new Set(before.flatMap(frameOffsets))].sort((left, right) => left - right);
  const result = new Uint8Array(attachment.length);
  for (const offset of new Set(kept.flatMap(frameOffsets))) {
    const next = starts.find((start) => start > offset) ?? attachment.length;
    result.set(attachment.subarray(offset, next), offset);
  }
  return result;
}

/** A payload of exactly `length` bytes: the header's JSON is padded with spaces, as the batch format allows. */
function encodePadded(record: LogRecord, attachment: Uint8Array, length: number): Uint8Array {
  const json = nodeText.encode(JSON.stringify(record));
  const header = length - PREFIX_BYTES - attachment.length;
  if (json.length > header) {
    throw tidelineError("INTERNAL", {
      who: "retention",
      expected: `a record of at most ${header} bytes`,
      received: `one of ${json.length}`,
    });
  }
  const payload = new Uint8Array(length).fill(0x20);
  payload.set([0x54, 0x4c, 0x42, 0x31]);
  new DataView(payload.buffer).setUint32(4, header, true);
  payload.set(json, PREFIX_BYTES);
  payload.set(attachment, PREFIX_BYTES + header);
  return payload;
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
  const { header, attachment } = decodeBatch(payload, nodeText);
  const record = header as LogRecord;
  const isPast = ({ name }: { readonly name: string }): boolean => record.received_at < cutoffs.of(name);
  // An erasure emptied it.
  if (record.install === "") return null;
  const gone = { events: record.events.filter(isPast), quarantined: record.quarantined.filter(isPast) };
  const isOld = record.received_at < cutoffs.others && saysMore(record);
  const numbers = [...gone.events, ...gone.quarantined].map(({ seq }) => seq);
  if (numbers.length === 0 && !isOld) return null;
  const before = (record.erased ?? []).flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index),
  );
  const events = record.events.filter((event) => !isPast(event));
  const quarantined = record.quarantined.filter((refused) => !isPast(refused));
  const erased = sequenceSet([...numbers, ...before]);
  const left: LogRecord = { ...record, events, quarantined, ...(erased.length > 0 && { erased }) };
  // Whatever a definition says, a record that still holds an event keeps what is told of it.
  const isReceipt = isOld && events.length + quarantined.length === 0;
  if (numbers.length === 0 && !isReceipt) return null;
  const samples = keptSamples(attachment, record.events, events);
  return {
    payload: encodePadded(isReceipt ? numbersOnly(left) : left, samples, payload.length),
    events: gone.events.length,
    quarantined: gone.quarantined.length,
    receipts: isReceipt ? 1 : 0,
  };
}
