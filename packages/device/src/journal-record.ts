import {
  concatBytes,
  parseJson,
  type FrameReference,
  type TextCodec,
  type WireEvent,
  type WireValue,
} from "@tideline/spec";
import { crc32 } from "./checksum.ts";

/** Header of a journal record: the event as it will travel (offsets count from the record's own attachment). */
export interface RecordHeader extends WireEvent {
  /** Purpose of the event when it was recorded, so that withdrawing consent needs no definition. */
  readonly purpose: string;
  /** Purposes of single properties that have one of their own, likewise. */
  readonly purposes?: Readonly<Record<string, string>>;
  /** Age of the queue when it was recorded, milliseconds; the event's own time may be any. Older files have none. */
  readonly recorded?: number;
}

/** A record found in a journal file. */
export interface JournalRecord {
  readonly header: RecordHeader;
  /** Packed samples of its frames. */
  readonly attachment: Uint8Array;
  /** The whole record, framing included. */
  readonly bytes: Uint8Array;
}

/** Bytes before a record's payload. */
const FRAMING = 8;

/**
 * Bytes of a record: length and CRC-32 of the payload, then the payload: the header's length, the header as UTF-8
 * JSON, the attachment. All three numbers are little-endian uint32.
 */
export function encodeRecord(header: RecordHeader, attachment: Uint8Array, text: TextCodec): Uint8Array {
  const json = text.encode(JSON.stringify(header));
  const bytes = concatBytes([new Uint8Array(FRAMING + 4), json, attachment]);
  const view = new DataView(bytes.buffer);
  view.setUint32(FRAMING, json.length, true);
  view.setUint32(0, bytes.length - FRAMING, true);
  view.setUint32(4, crc32(bytes.subarray(FRAMING)), true);
  return bytes;
}

/** The record at an offset, or null where the bytes are torn or damaged. */
function decodeRecord(file: Uint8Array, offset: number, text: TextCodec): JournalRecord | null {
  const start = offset + FRAMING;
  if (start + 4 > file.length) return null;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const size = view.getUint32(offset, true);
  const payload = file.subarray(start, start + size);
  if (size < 4 || payload.length < size || crc32(payload) !== view.getUint32(offset + 4, true)) return null;
  const json = 4 + view.getUint32(start, true);
  if (json > size) return null;
  return {
    header: parseJson(payload.subarray(4, json), text) as RecordHeader,
    attachment: payload.subarray(json),
    bytes: file.subarray(offset, start + size),
  };
}

/** Every whole record of a journal file; what follows `validBytes` is torn or damaged. */
export function decodeJournal(
  file: Uint8Array,
  text: TextCodec,
): { readonly records: readonly JournalRecord[]; readonly validBytes: number } {
  const records: JournalRecord[] = [];
  let validBytes = 0;
  for (;;) {
    const record = decodeRecord(file, validBytes, text);
    if (record === null) return { records, validBytes };
    records.push(record);
    validBytes += record.bytes.length;
  }
}

/** Whether a property as it travels is a frame. */
export function isFrame(value: WireValue): value is FrameReference {
  return typeof value === "object" && "offset" in value;
}

/**
 * The bytes of a record without the properties whose own purpose is not granted. Samples that are withdrawn become
 * zeros, so that other frames stay where they are.
 */
export function withdrawFields(
  { header, attachment, bytes }: JournalRecord,
  granted: readonly string[],
  text: TextCodec,
): Uint8Array {
  const { purposes = {} } = header;
  const gone = Object.keys(purposes).filter((field) => !granted.includes(purposes[field]!));
  if (gone.length === 0) return bytes;
  const samples = attachment.slice();
  const properties = { ...header.properties };
  const rest = { ...purposes };
  const offsets = Object.values(properties).map((value) => (isFrame(value) ? value.offset : 0));
  for (const field of gone) {
    const value = properties[field]!;
    if (isFrame(value)) {
      const { offset } = value;
      samples.fill(0, offset, Math.min(samples.length, ...offsets.filter((other) => other > offset)));
    }
    delete properties[field];
    delete rest[field];
  }
  return encodeRecord({ ...header, properties, purposes: rest }, samples, text);
}
