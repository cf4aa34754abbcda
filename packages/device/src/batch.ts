import {
  concatBytes,
  encodeBatch,
  WIRE_FORMAT,
  type Batch,
  type TextCodec,
  type WireEvent,
  type WireValue,
} from "@tideline/spec";
import { isFrame, type JournalRecord } from "./journal-record.ts";
import type { Load } from "./queue.ts";
import { SDK_VERSION } from "./sdk-version.ts";

/** The event of a record, its frames pointing into an attachment in which the record's own starts at `base`. */
function wireEvent({ header }: JournalRecord, base: number): WireEvent {
  const { purpose: _purpose, purposes: _purposes, ...event } = header;
  const properties: Record<string, WireValue> = {};
  for (const [field, value] of Object.entries(event.properties)) {
    properties[field] = isFrame(value) ? { ...value, offset: value.offset + base } : value;
  }
  return { ...event, properties };
}

/** What a batch says beside its events. */
export type BatchHeader = Pick<Batch, "sent_at" | "proof">;

/** Bytes of the batch that carries a load. */
export function makeBatch({ source, records }: Load, header: BatchHeader, text: TextCodec): Uint8Array {
  let base = 0;
  const events = records.map((record) => {
    base += record.attachment.length;
    return wireEvent(record, base - record.attachment.length);
  });
  const { install, epoch } = source;
  const batch: Batch = { format: WIRE_FORMAT, sdk: SDK_VERSION, install, epoch, ...header, events };
  return encodeBatch(batch, concatBytes(records.map(({ attachment }) => attachment)), text);
}
