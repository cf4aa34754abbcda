import { decodeBatch, sequenceSet, tidelineError } from "@tideline/spec";
import { nodeText } from "../ingest/node-text.ts";
import type { LogEvent, LogRecord } from "../log-record.ts";
import type { Cutoffs } from "./cutoff.ts";

/** What was taken out of a record. */
export interface ExpiredRecord {
  /** As long as before, so that every position of the log stays what it was. */
  readonly payload: Uint8Array;
  readonly events: number;
  readonly quarantined: number;
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
 * Takes what is past its time out of a record's payload, or answers null where nothing is. The numbers of what is gone
 * stay, so that a copy of it that comes late is none new.
 */
export function expireRecord(payload: Uint8Array, cutoffs: Cutoffs): ExpiredRecord | null {
  const { header, attachment } = decodeBatch(payload, nodeText);
  const record = header as LogRecord;
  const isPast = ({ name }: { readonly name: string }): boolean => record.received_at < cutoffs.of(name);
  // An erasure emptied it.
  if (record.install === "") return null;
  const gone = { events: record.events.filter(isPast), quarantined: record.quarantined.filter(isPast) };
  const numbers = [...gone.events, ...gone.quarantined].map(({ seq }) => seq);
  if (numbers.length === 0) return null;
  const before = (record.erased ?? []).flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index),
  );
  const events = record.events.filter((event) => !isPast(event));
  const left: LogRecord = {
    ...record,
    events,
    quarantined: record.quarantined.filter((refused) => !isPast(refused)),
    erased: sequenceSet([...numbers, ...before]),
  };
  const samples = keptSamples(attachment, record.events, events);
  return {
    payload: encodePadded(left, samples, payload.length),
    events: gone.events.length,
    quarantined: gone.quarantined.length,
  };
}
