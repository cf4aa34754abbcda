import {
  concatBytes,
  encodeBatch,
  WIRE_FORMAT,
  type Batch,
  type TextCodec,
  type WireEvent,
  type WireValue,
} from "@tideline/spec";
import { isFrame } from "./journal-record.ts";
import type { Load } from "./queue.ts";
import { SDK_VERSION } from "./sdk-version.ts";

/** What a batch says beside its events. */
export interface BatchHeader {
  readonly sent_at: number;
  readonly region: string | undefined;
}

/** Bytes of the batch that carries a load, the frames of its events pointing into one attachment. */
export function makeBatch(
  { source, proof, records }: Load,
  header: BatchHeader,
  text: TextCodec,
): Uint8Array {
  let base = 0;
  const events = records.map(
    ({ header: { purpose: _purpose, purposes: _purposes, recorded: _recorded, ...event }, attachment }) => {
      const properties: Record<string, WireValue> = {};
      for (const [field, value] of Object.entries(event.properties)) {
        properties[field] = isFrame(value) ? { ...value, offset: value.offset + base } : value;
      }
      base += attachment.length;
      return { ...event, properties } satisfies WireEvent;
    },
  );
  const { install, epoch } = source;
  // JSON leaves out what is undefined.
  const batch: { readonly [Member in keyof Required<Batch>]: Batch[Member] | undefined } = {
    format: WIRE_FORMAT,
    sdk: SDK_VERSION,
    install,
    epoch,
    proof,
    ...header,
    events,
  };
  return encodeBatch(batch, concatBytes(records.map(({ attachment }) => attachment)), text);
}
