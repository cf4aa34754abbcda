import { concatBytes, type TextCodec, type WireEvent } from "@tideline/spec";
import { crc32 } from "./checksum.ts";

/** Header of a journal record: the event as it will travel (offsets count from the record's own attachment). */
export interface RecordHeader extends WireEvent {
  /** Purpose of the event when it was recorded, so that withdrawing consent needs no definition. */
  readonly purpose: string;
}

/** A record found in a journal file. */
export interface JournalRecord {
  readonly header: RecordHeader;
  /** Packed samples of its frames. */
  readonly attachment: Uint8Array;
  /** Where it stands in the file, framing included. */
  readonly offset: number;
  readonly length: number;
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
export function decodeRecord(bytes: Uint8Array, offset: number, text: TextCodec): JournalRecord | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (offset + FRAMING + 4 > bytes.length) return null;
  const size = view.getUint32(offset, true);
  const start = offset + FRAMING;
  if (size < 4 || start + size > bytes.length) return null;
  const payload = bytes.subarray(start, start + size);
  if (crc32(payload) !== view.getUint32(offset + 4, true)) return null;
  const json = view.getUint32(start, true);
  if (4 + json > size) return null;
  return {
    header: JSON.parse(text.decode(payload.subarray(4, 4 + json))) as RecordHeader,
    attachment: payload.subarray(4 + json),
    offset,
    length: FRAMING + size,
  };
}

/** Every whole record of a journal file; what follows `validBytes` is torn or damaged. */
export function decodeJournal(
  bytes: Uint8Array,
  text: TextCodec,
): { readonly records: readonly JournalRecord[]; readonly validBytes: number } {
  const records: JournalRecord[] = [];
  let validBytes = 0;
  for (;;) {
    const record = decodeRecord(bytes, validBytes, text);
    if (record === null) return { records, validBytes };
    records.push(record);
    validBytes += record.length;
  }
}
