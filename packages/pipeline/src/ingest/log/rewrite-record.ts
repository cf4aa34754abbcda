import { decodeBatch, sequenceSet, tidelineError } from "@tideline/spec";
import type { LogEvent, LogQuarantine, LogRecord } from "../../log-record.ts";
import { nodeText } from "../node-text.ts";

/** A record out of which something was taken. */
export interface RewrittenRecord {
  /** As long as before, so that every position of the log stays what it was. */
  readonly payload: Uint8Array;
  /** Accepted events that went. */
  readonly events: number;
  /** Refused events that went. */
  readonly quarantined: number;
}

/** What is left of a record, and what the caller counts besides its events. */
export interface LeftRecord<Counts extends object> {
  readonly left: LogRecord;
  readonly counts: Counts;
}

/** Bytes of a payload before its header's JSON: magic and length, four each (docs/wire.md). */
const PREFIX_BYTES = 8;

/** Where the frames of an event stand: offsets in the record's attachment. An empty one stands nowhere. */
const frameOffsets = ({ properties }: LogEvent): readonly number[] =>
  Object.values(properties).flatMap((value) =>
    typeof value === "object" && value !== null && "offset" in value && value.samples > 0
      ? [value.offset]
      : [],
  );

/**
 * The attachment with zeros in place of all samples that no kept event refers to. Frames stand one after the other,
 * so that each ends where the next one begins, whatever the app's declaration says by now.
 */
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
      who: "rewriteRecord",
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
 * A record without some of its events; their numbers stay, so that a copy of them that comes late is none new. The
 * record itself where none goes.
 *
 * @param isGone asked of each event by its place: accepted ones first, then refused ones
 */
export function withoutItems(
  record: LogRecord,
  isGone: (item: LogEvent | LogQuarantine, place: number) => boolean,
): LogRecord {
  const items = [...record.events, ...record.quarantined];
  const gone = new Set(items.filter(isGone));
  if (gone.size === 0) return record;
  const before = (record.erased ?? []).flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index),
  );
  return {
    ...record,
    events: record.events.filter((event) => !gone.has(event)),
    quarantined: record.quarantined.filter((refused) => !gone.has(refused)),
    erased: sequenceSet([...[...gone].map(({ seq }) => seq), ...before]),
  };
}

/**
 * Takes out of a record's payload what `change` leaves out of the record. The result has the same length: JSON gets
 * shorter and is padded with spaces, samples become zeros. Null where nothing changes, as in a record that an erasure
 * emptied: `change` is not asked of it.
 *
 * @param change what is left of a record, no longer than it was; null where it stays as it is
 * @throws `INTERNAL` where what is left is longer
 * @example
 * rewriteRecord(payload, (record) => ({ left: withoutItems(record, ({ name }) => name === "tap"), counts: {} }));
 */
export function rewriteRecord<Counts extends object>(
  payload: Uint8Array,
  change: (record: LogRecord) => LeftRecord<Counts> | null,
): (RewrittenRecord & Counts) | null {
  const { header, attachment } = decodeBatch(payload, nodeText);
  const record = header as LogRecord;
  const changed = record.install === "" ? null : change(record);
  if (changed === null) return null;
  const { left, counts } = changed;
  return {
    payload: encodePadded(left, keptSamples(attachment, record.events, left.events), payload.length),
    events: record.events.length - left.events.length,
    quarantined: record.quarantined.length - left.quarantined.length,
    ...counts,
  };
}
