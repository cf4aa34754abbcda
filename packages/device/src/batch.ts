import {
  concatBytes,
  encodeBatch,
  WIRE_FORMAT,
  type Batch,
  type FrameReference,
  type TextCodec,
  type WireEvent,
  type WireValue,
} from "@tideline/spec";
import type { JournalRecord } from "./journal-record.ts";
import type { Load } from "./queue.ts";
import { SDK_VERSION } from "./sdk-version.ts";

function isFrame(value: WireValue): value is FrameReference {
  return typeof value === "object" && !Array.isArray(value);
}

/** The event of a record, its frames pointing into an attachment in which the record's own starts at `base`. */
function wireEvent({ header }: JournalRecord, base: number): WireEvent {
  const { purpose: _purpose, ...event } = header;
  const properties: Record<string, WireValue> = {};
  for (const [field, value] of Object.entries(event.properties)) {
    properties[field] = isFrame(value) ? { offset: value.offset + base, samples: value.samples } : value;
  }
  return { ...event, properties };
}

/** Bytes of the batch that carries a load; `sentAt` in milliseconds of the device's clock. */
export function makeBatch({ source, records }: Load, sentAt: number, text: TextCodec): Uint8Array {
  let base = 0;
  const events = records.map((record) => {
    base += record.attachment.length;
    return wireEvent(record, base - record.attachment.length);
  });
  const batch: Batch = {
    format: WIRE_FORMAT,
    sdk: SDK_VERSION,
    install: source.install,
    epoch: source.epoch,
    sent_at: Math.round(sentAt),
    events,
  };
  return encodeBatch(batch, concatBytes(records.map(({ attachment }) => attachment)), text);
}
