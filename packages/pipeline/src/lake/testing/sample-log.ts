import { defineApp, encodeSamples, event, t } from "@tideline/spec";
import type { AppDefinition, FrameReference, WireValue } from "@tideline/spec";
import type { LogEntry, LogEvent, LogPosition, LogQuarantine } from "../../log-record.ts";

/** Every kind of field. */
export const everything = event(
  "everything",
  {
    text: t.string(),
    count: t.int(),
    ratio: t.float(),
    flag: t.boolean(),
    at: t.time(),
    point: t.vector(3),
    note: t.optional(t.string()),
  },
  { purpose: "research", retain: "90d" },
);

/** Sensor samples of two channels. */
export const motion = event(
  "motion",
  {
    session: t.id(),
    start: t.int({ min: 0 }),
    samples: t.frame({ channels: ["x", "y"], units: ["g", "g"], rate: 50 }),
  },
  { purpose: "research", retain: "90d" },
);

/** An app of the two events. */
export const sampleApp: AppDefinition = defineApp({
  name: "sample",
  purposes: { research: "Learn." },
  events: [everything, motion],
  views: [],
  models: [],
});

/** A frame with what its phone told of it. */
export type SampleFrame = Pick<FrameReference, "gaps" | "rate"> & { readonly values: Float32Array };

/** What the fixtures say of an event; the rest has a default. */
export interface SampleEvent {
  readonly seq: number;
  readonly name: string;
  readonly subject?: string;
  readonly previous?: string;
  readonly time?: number;
  readonly version?: number;
  readonly consent?: readonly string[];
  /** Frame fields hold their interleaved samples. */
  readonly properties: Readonly<Record<string, WireValue | Float32Array | SampleFrame>>;
}

/** What the fixtures say of a record of the log. */
export interface SampleRecord {
  readonly install?: string;
  readonly install_subject?: string;
  readonly epoch?: number;
  readonly received_at?: number;
  readonly sent_at?: number;
  readonly duplicates?: number;
  readonly events?: readonly SampleEvent[];
  readonly quarantined?: readonly LogQuarantine[];
}

/** Channels of the frames of {@link motion}. */
const CHANNELS = 2;

/** A record as the log gives it; `offset` is its place among the records. */
function entryOf(record: SampleRecord, offset: number): LogEntry {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const events = (record.events ?? []).map((sample): LogEvent => {
    const properties = Object.fromEntries(
      Object.entries(sample.properties).map(([field, value]): [string, WireValue] => {
        const isFrame = typeof value === "object" && "values" in value && !Array.isArray(value);
        const frame =
          value instanceof Float32Array ? { values: value } : isFrame ? (value as SampleFrame) : null;
        if (frame === null) return [field, value as WireValue];
        const { values, ...told } = frame;
        const reference = { offset: bytes, samples: values.length / CHANNELS, ...told };
        parts.push(encodeSamples(values));
        bytes += values.byteLength;
        return [field, reference];
      }),
    );
    const version = sample.version ?? 1;
    return {
      seq: sample.seq,
      name: sample.name,
      version,
      sent_version: version,
      time: sample.time ?? 1_700_000_000_000,
      subject: sample.subject ?? "0".repeat(32),
      ...(sample.previous === undefined ? {} : { previous: sample.previous }),
      key_id: null,
      consent: sample.consent ?? ["research"],
      properties,
    };
  });
  return {
    record: {
      format: 1,
      received_at: record.received_at ?? 1_700_000_001_000,
      install: record.install ?? "phone",
      epoch: record.epoch ?? 1,
      sdk: "0.1.0",
      ...(record.install_subject === undefined ? {} : { install_subject: record.install_subject }),
      sent_at: record.sent_at ?? 1_700_000_001_000,
      events,
      quarantined: record.quarantined ?? [],
      duplicates: record.duplicates ?? 0,
    },
    attachment: new Uint8Array(Buffer.concat(parts)),
    position: { epoch: 1, segment: 1, offset: offset + 1 },
  };
}

/** A log in memory that is read as the durable one: `until` records exist by now. */
export function sampleLog(records: readonly SampleRecord[], until = records.length) {
  const entries = records.slice(0, until).map(entryOf);
  return async function* read(from: LogPosition | null): AsyncGenerator<LogEntry> {
    yield* entries.slice(from?.offset ?? 0);
  };
}
