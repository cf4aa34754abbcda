import type {
  AppDefinition,
  EventDefinition,
  FrameReference,
  MediaReference,
  WireValue,
} from "@tideline/spec";
import { checkEvent, decodeSamples } from "@tideline/spec";
import type { LogEntry, LogEvent, LogQuarantine } from "../log-record.ts";
import { correctedTime } from "./corrected-time.ts";
import type { Stage, StageValue } from "./stage.ts";
import { subjectBucket } from "./subject-bucket.ts";
import { fieldColumns, QUARANTINE, RECEIPT } from "./table-schema.ts";

/** One array for each channel of interleaved samples. */
function channelsOf(
  { offset, samples }: FrameReference,
  channels: number,
  attachment: Uint8Array,
): readonly Float32Array[] {
  const interleaved = decodeSamples(attachment.subarray(offset, offset + samples * channels * 4));
  return Array.from({ length: channels }, (_, channel) => {
    const values = new Float32Array(samples);
    for (let index = 0, at = channel; index < samples; index += 1, at += channels)
      values[index] = interleaved[at]!;
    return values;
  });
}

/** The values of an event's own columns, in the order of its declaration. */
function fieldValues(event: EventDefinition, properties: LogEvent["properties"], attachment: Uint8Array) {
  return Object.entries(event.fields).flatMap(([field, type]): readonly StageValue[] => {
    const value: WireValue | undefined = properties[field];
    if (type.kind === "frame") {
      if (value == null) return fieldColumns(field, type).map(() => null);
      const reference = value as FrameReference;
      const channels = channelsOf(reference, type.channels.length, attachment);
      return [...channels, reference.gaps?.flat() ?? null, reference.rate ?? null];
    }
    if (type.kind === "media") {
      const { sha256 = null, bytes = null, type: media = null } = (value ?? {}) as Partial<MediaReference>;
      return [sha256, bytes, media];
    }
    if (value == null) return [null];
    return [
      Array.isArray(value) ? Float32Array.from(value as number[]) : (value as string | number | boolean),
    ];
  });
}

/**
 * An event of the log held against today's declaration, where its version is another one; what does not fit any more
 * goes to the quarantine with its content, which a person had consented to keep.
 */
function bringUp(app: AppDefinition, event: LogEvent, attachmentBytes: number): LogEvent | LogQuarantine {
  if (app.events[event.name]?.version === event.version) return event;
  const checked = checkEvent(app, { ...event, user: null }, attachmentBytes);
  if (checked.ok) return { ...event, version: checked.event.version, properties: checked.event.properties };
  const { code, field, reason } = checked.refusal;
  const content = { ...event, properties: event.properties };
  return {
    seq: event.seq,
    name: event.name,
    code,
    field,
    reason: `${reason} (when it was compacted)`,
    content,
  };
}

/**
 * Puts the rows of a record into the stages of its tables, and answers how many events it dropped because their
 * identity was seen before.
 *
 * @param isNew whether (install, epoch, seq) was not seen before; asked once for each event
 */
export function stageRecord(
  { record, attachment }: LogEntry,
  app: AppDefinition,
  stages: ReadonlyMap<string, Stage>,
  isNew: (install: string, epoch: number, seq: number) => boolean,
): number {
  const { install, epoch, sent_at, received_at } = record;
  const installBucket = subjectBucket(install);
  const quarantined: LogQuarantine[] = [...record.quarantined];
  let repeated = 0;
  for (const raw of record.events) {
    const event = bringUp(app, raw, attachment.length);
    if (!("properties" in event)) {
      quarantined.push(event);
      continue;
    }
    if (!isNew(install, epoch, event.seq)) {
      repeated += 1;
      continue;
    }
    stages
      .get(event.name)!
      .append(subjectBucket(event.subject), [
        install,
        epoch,
        event.seq,
        event.subject,
        event.key_id,
        event.version,
        event.time,
        sent_at,
        received_at,
        received_at,
        correctedTime(event.time, sent_at, received_at),
        event.consent,
        event.previous ?? null,
        ...fieldValues(app.events[event.name]!, event.properties, attachment),
      ]);
  }
  for (const { seq, name, code, field, reason, content } of quarantined) {
    if (!isNew(install, epoch, seq)) {
      repeated += 1;
      continue;
    }
    const text = content === null ? null : JSON.stringify(content);
    const row = [install, epoch, seq, received_at, received_at, name, code, field, reason, text];
    stages.get(QUARANTINE)!.append(installBucket, row);
  }
  stages
    .get(RECEIPT)!
    .append(installBucket, [
      install,
      epoch,
      sent_at,
      received_at,
      received_at,
      record.sdk,
      record.install_subject ?? null,
      record.events.length,
      record.quarantined.length,
      record.duplicates,
    ]);
  return repeated;
}
