import {
  LAST_TIME,
  type AppDefinition,
  type CheckedEvent,
  type FrameReference,
  type Fields,
  type WireEvent,
  type WireValue,
} from "@tideline/spec";
import type { ErasedPeople } from "../catalog/erased-file.ts";
import { correctedTime } from "../lake/corrected-time.ts";
import { LOG_RECORD_FORMAT, type LogEvent, type LogQuarantine, type LogRecord } from "../log-record.ts";
import { proofOf, type BatchHeader } from "./batch-header.ts";
import { isTooLarge } from "./measure-event.ts";
import type { Pseudonymise } from "./pseudonym.ts";
import { screenEvent } from "./screen-event.ts";
import { frameTaker, type FrameTaker } from "./take-frame.ts";

/** What {@link takeBatch} needs besides the batch. */
export interface TakeBatchOptions {
  readonly app: AppDefinition;
  readonly pseudonymise: Pseudonymise;
  /** Bytes that the JSON of an event may take. */
  readonly eventBytes: number;
  /** The server's clock when the batch had come. */
  readonly receivedAt: number;
  /** The only purposes that count as consented to, whatever events say; null, or left out, where each event decides. */
  readonly purposes?: ReadonlySet<string> | null;
  /** Who has left: of what they did before nothing is kept. */
  readonly people: ErasedPeople;
}

/** A batch with its attachment. */
export interface ReceivedBatch {
  readonly header: BatchHeader;
  readonly attachment: Uint8Array;
  /** Bytes of the header's JSON: where all of it is small, no event needs measuring. */
  readonly headerBytes: number;
}

/** What the log is to hold of a batch. */
export interface TakenBatch {
  readonly record: LogRecord;
  readonly attachment: Uint8Array;
  /** Sensor samples kept, and those that their frames say are missing. */
  readonly samples: number;
  readonly missingSamples: number;
  /** Fields left out, of stored and refused events, because the person had not consented to their purpose. */
  readonly withheldFields: number;
}

type RawEvent = BatchHeader["events"][number] & Record<string, unknown>;

/** The form of an event's name: anything else could be about a person. */
const EVENT_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** A number, or null for anything else that stands where one should. */
function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** Properties with their frames moved into the record's attachment; null where they claim more than there is. */
function moveFrames(fields: Fields, properties: WireEvent["properties"], take: FrameTaker) {
  const moved: Record<string, WireValue> = {};
  for (const [field, value] of Object.entries(properties)) {
    const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (type?.kind !== "frame" || value === null || typeof value !== "object") {
      moved[field] = value;
      continue;
    }
    const reference = take(value as FrameReference, type.channels.length);
    if (reference === null) return null;
    moved[field] = reference;
  }
  return moved;
}

/**
 * Makes the log's record of the events of a batch that are new (`fresh`: their indices). Pure but for the memory of
 * pseudonyms. User ids become pseudonyms; of what may not be kept only number, name and reason remain.
 */
export function takeBatch(
  { header, attachment, headerBytes }: ReceivedBatch,
  fresh: readonly number[],
  { app, pseudonymise, eventBytes, receivedAt, people, purposes = null }: TakeBatchOptions,
): TakenBatch {
  const events: LogEvent[] = [];
  const quarantined: LogQuarantine[] = [];
  const frames = frameTaker(attachment);
  // No calendar of this language goes further, whatever a phone's clock says.
  const sentAt = Math.min(header.sent_at, LAST_TIME);
  let withheldFields = 0;
  const person = (event: WireEvent): string => pseudonymise(event.user, header.install);
  const consented = (event: WireEvent): readonly string[] =>
    event.consent.filter((purpose) => Object.hasOwn(app.purposes, purpose));

  /** The person's pseudonym until this event; null where it names none, or one that has left. */
  const previousOf = ({ user, previous_user: previous }: WireEvent): string | null => {
    if (previous === undefined || user === null) return null;
    const pseudonym = pseudonymise(previous, header.install);
    return people.refuses(header.install, pseudonym, 0) ? null : pseudonym;
  };

  /** Whether a person who has left did it before. What has no time of its own counts as old. */
  const isErased = (event: WireEvent): boolean => {
    const time = numberOrNull(event.time);
    const happened = time === null ? 0 : correctedTime(time, sentAt, receivedAt);
    return people.refuses(header.install, person(event), happened);
  };

  const accept = (event: CheckedEvent, properties: LogEvent["properties"]): void => {
    const logged: LogEvent = {
      seq: event.seq,
      name: event.name,
      version: event.version,
      sent_version: event.sentVersion,
      time: event.time,
      subject: person(event),
      key_id: null,
      consent: consented(event),
      properties,
    };
    const previous = previousOf(event);
    events.push(previous === null ? logged : { ...logged, previous });
  };

  /** The name of a refused event: a declared one, or, of somebody who consented to anything, what could be one. */
  const nameOf = ({ name, consent }: RawEvent): string => {
    if (typeof name !== "string") return "";
    if (Object.hasOwn(app.events, name)) return name;
    const granted = (purpose: unknown): boolean =>
      typeof purpose === "string" &&
      Object.hasOwn(app.purposes, purpose) &&
      (purposes === null || purposes.has(purpose));
    return EVENT_NAME.test(name) && Array.isArray(consent) && consent.some(granted) ? name : "";
  };

  const refuse = (
    raw: RawEvent,
    code: string,
    field: string,
    reason: string,
    content: object | null,
  ): void => {
    quarantined.push({ seq: raw.seq, name: nameOf(raw), code, field, reason, content });
  };

  for (const index of fresh) {
    const raw = header.events[index] as RawEvent;
    if (headerBytes > eventBytes && isTooLarge(raw, eventBytes)) {
      refuse(raw, "EVENT_TOO_LARGE", "event", `expected at most ${eventBytes} bytes of JSON`, null);
      continue;
    }
    const screening = screenEvent(app, raw, attachment.length, purposes);
    withheldFields += screening.withheld;
    if (screening.event !== null && isErased(screening.event)) {
      refuse(raw, "SUBJECT_ERASED", "user", "expected events of people who have not left", null);
      continue;
    }
    if (screening.ok) {
      const { event } = screening;
      const properties = moveFrames(app.events[event.name]!.fields, event.properties, frames.take);
      if (properties !== null) accept(event, properties);
      else refuse(raw, "FIELD_INVALID", "properties", "expected frames that do not overlap", null);
      continue;
    }
    const { event, refusal } = screening;
    const content = event && {
      subject: person(event),
      version: numberOrNull(event.version),
      time: numberOrNull(event.time),
      consent: consented(event),
      // Frames of a refused event are not kept: its reference may be what is wrong with it.
      properties: event.properties,
    };
    refuse(raw, refusal.code, refusal.field, refusal.reason, content);
  }

  // Of a batch from which nothing may be kept its client's name is not, either: it is free text like any other.
  const isKept = events.length > 0 || quarantined.some(({ content }) => content !== null);
  return {
    record: {
      format: LOG_RECORD_FORMAT,
      received_at: receivedAt,
      install: header.install,
      epoch: header.epoch,
      sdk: isKept ? header.sdk : "",
      install_subject: pseudonymise(null, header.install),
      ...proofOf(header),
      sent_at: sentAt,
      events,
      quarantined,
      duplicates: header.events.length - fresh.length,
    },
    attachment: frames.attachment(),
    samples: frames.samples(),
    missingSamples: frames.missing(),
    withheldFields,
  };
}
