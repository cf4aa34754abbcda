import { decodeBatch, sequenceSet, tidelineError } from "@tideline/spec";
import { nodeText } from "../ingest/node-text.ts";
import { previousOf, unnamedRecord } from "../lake/kept-record.ts";
import type { LogEvent, LogRecord } from "../log-record.ts";
import { personalEvents } from "./stored-record.ts";
import { inScope, type SubjectScope } from "./scope.ts";

/** What was taken out of a record. */
export interface Scrubbed {
  /** As long as before, so that every position of the log stays what it was. */
  readonly payload: Uint8Array;
  readonly events: number;
  readonly quarantined: number;
  /** Places in what is left, which is others', that named who is in scope. */
  readonly names: number;
}

/** Bytes of a payload before its header's JSON: magic and length, four each (docs of the batch format). */
const PREFIX_BYTES = 8;

/** Where the frames of an event stand: offsets in the record's attachment. An empty one stands nowhere. */
function frameOffsets({ properties }: LogEvent): readonly number[] {
  return Object.values(properties).flatMap((value) =>
    typeof value === "object" && "offset" in value && value.samples > 0 ? [value.offset] : [],
  );
}

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
 * gone stay, so that a copy of it is none new.
 */
function reduced(record: LogRecord, scope: SubjectScope): { left: LogRecord; names: number } {
  const isMeant = personalEvents(record).map(({ subject, moment }) =>
    inScope(scope, record.install, subject, moment),
  );
  const accepted = record.events.length;
  const events = record.events.filter((_, index) => !isMeant[index]);
  const quarantined = record.quarantined.filter((_, index) => !isMeant[accepted + index]);
  const kept = { ...record, events, quarantined };
  const unnamed = unnamedRecord(kept, (name) => scope.namedUntil(name) >= record.received_at);
  const names = namesIn(kept) - namesIn(unnamed);
  const gone = [...record.events, ...record.quarantined].filter((_, index) => isMeant[index]);
  if (gone.length === 0) return { left: unnamed, names };
  const erased = [
    ...gone.map(({ seq }) => seq),
    ...(record.erased ?? []).flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index),
    ),
  ];
  return { left: { ...unnamed, erased: sequenceSet(erased) }, names };
}

/** A payload of exactly `length` bytes: the header's JSON is padded with spaces, as the batch format allows. */
function encodePadded(record: LogRecord, attachment: Uint8Array, length: number): Uint8Array {
  const json = nodeText.encode(JSON.stringify(record));
  const header = length - PREFIX_BYTES - attachment.length;
  if (json.length > header) {
    throw tidelineError("INTERNAL", {
      who: "erasure",
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
 * Takes what is in scope out of a record's payload, or answers null where it holds none of it. The result has the same
 * length: JSON gets shorter and is padded with spaces, samples become zeros.
 */
export function scrubRecord(payload: Uint8Array, scope: SubjectScope): Scrubbed | null {
  const { header, attachment } = decodeBatch(payload, nodeText);
  const record = header as LogRecord;
  const { install, events, quarantined } = record;
  if (install === "") return null;
  if (scope.hasInstall(install)) {
    const payloadOfNothing = encodePadded(emptied(record), new Uint8Array(attachment.length), payload.length);
    return { payload: payloadOfNothing, events: events.length, quarantined: quarantined.length, names: 0 };
  }
  const { left, names } = reduced(record, scope);
  const gone = {
    events: events.length - left.events.length,
    quarantined: quarantined.length - left.quarantined.length,
    names,
  };
  if (gone.events + gone.quarantined + gone.names === 0) return null;
  const samples = keptSamples(attachment, events, left.events);
  return { payload: encodePadded(left, samples, payload.length), ...gone };
}
