import { crc32 } from "node:zlib";

/**
 * Bytes before a record's payload: length of the payload, checksum, and the offset in the segment at which the
 * record's commit starts, uint32 little-endian each. The checksum (CRC-32) covers the commit and the payload.
 *
 * The commit tells damage from a torn tail. A commit is one write and one fsync; when power fails during it, its
 * pages may reach the disk in any order, so a bad record with a good one of the same commit behind it was never
 * acknowledged. A good record of a later commit proves that the bad one was.
 */
export const FRAME_HEADER_BYTES = 12;

/** Largest payload: four times what a batch may hold inflated. Nothing longer is written; a longer length is damage. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** A record as it stands in a segment. */
export interface Frame {
  readonly payload: Uint8Array;
  /** Offset in the segment at which the record's commit starts. */
  readonly commit: number;
  /** Offset after it. */
  readonly end: number;
}

function checksumOf(commitBytes: Uint8Array, payload: Uint8Array): number {
  return crc32(payload, crc32(commitBytes));
}

/** Bytes of a commit that starts at `commit` in its segment: its payloads, framed, one after the other. */
export function encodeCommit(payloads: readonly Uint8Array[], commit: number): Uint8Array {
  const bytes = new Uint8Array(
    payloads.reduce((sum, payload) => sum + FRAME_HEADER_BYTES + payload.length, 0),
  );
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const payload of payloads) {
    view.setUint32(offset, payload.length, true);
    view.setUint32(offset + 8, commit, true);
    view.setUint32(offset + 4, checksumOf(bytes.subarray(offset + 8, offset + 12), payload), true);
    bytes.set(payload, offset + FRAME_HEADER_BYTES);
    offset += FRAME_HEADER_BYTES + payload.length;
  }
  return bytes;
}

/** How many bytes the record that starts at `index` takes, or undefined where its length is missing or absurd. */
export function frameBytesAt(bytes: Uint8Array, index: number): number | undefined {
  if (bytes.length - index < FRAME_HEADER_BYTES) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset + index, 4).getUint32(0, true);
  return length === 0 || length > MAX_PAYLOAD_BYTES ? undefined : FRAME_HEADER_BYTES + length;
}

/**
 * The record that starts at `index` of bytes whose first stands at `base` in the segment, or undefined where none
 * is whole. The payload is a view.
 */
export function frameAt(bytes: Uint8Array, index: number, base: number): Frame | undefined {
  const size = frameBytesAt(bytes, index);
  if (size === undefined || bytes.length - index < size) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + index, FRAME_HEADER_BYTES);
  const commit = view.getUint32(8, true);
  const payload = bytes.subarray(index + FRAME_HEADER_BYTES, index + size);
  if (commit > base + index) return undefined;
  if (checksumOf(bytes.subarray(index + 8, index + 12), payload) !== view.getUint32(4, true))
    return undefined;
  return { payload, commit, end: base + index + size };
}

/** "TLB1": how every payload starts, because it is a batch. */
const PAYLOAD_MAGIC = [0x54, 0x4c, 0x42, 0x31];

/**
 * Whether a good record of a later commit stands anywhere after a bad one at index 0 of bytes that start at `base`:
 * then the bad one had been acknowledged.
 */
export function laterCommitFollows(bytes: Uint8Array, base: number): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = Buffer.from(PAYLOAD_MAGIC);
  for (
    let found = buffer.indexOf(magic, FRAME_HEADER_BYTES + 1);
    found !== -1;
    found = buffer.indexOf(magic, found + 1)
  ) {
    const frame = frameAt(bytes, found - FRAME_HEADER_BYTES, base);
    if (frame !== undefined && frame.commit > base) return true;
  }
  return false;
}
