import { open, type FileHandle } from "node:fs/promises";
import { tidelineError } from "@tideline/spec";
import { FRAME_HEADER_BYTES, frameAt, frameBytesAt, laterCommitFollows, type Frame } from "./frame.ts";
import { checkSegmentHeader, SEGMENT_HEADER_BYTES, type Segment } from "./segment.ts";

/** Bytes read at once: many records of a few kilobytes, few enough to hold. */
const CHUNK_BYTES = 1024 * 1024;

/** What {@link readSegment} is to read. */
export interface ReadSegmentOptions {
  /** Offset of the first record wanted. */
  readonly from: number;
  /** Offset at which to stop; the segment's end when left out. */
  readonly to?: number | undefined;
  /** Whether its owner may have died while writing, so that a torn commit at its end is no damage. */
  readonly mayBeTorn: boolean;
}

/** Bytes of a file in a range, fewer where it ends; a fresh buffer each time, so that views of it stay. */
async function readRange(handle: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function refuseDamage(
  handle: FileHandle,
  segment: Segment,
  { offset, limit, mayBeTorn }: { offset: number; limit: number; mayBeTorn: boolean },
): Promise<void> {
  // Not beyond the limit: a living writer may have finished the commit by now, and another one behind it.
  if (mayBeTorn && !laterCommitFollows(await readRange(handle, offset, limit - offset), offset)) return;
  throw tidelineError("LOG_CORRUPT", {
    who: segment.path,
    field: `byte ${offset}`,
    expected: "a whole record",
    received: "a length or checksum that does not fit, in data that had been acknowledged",
    remedy: "The disk changed it after it was written: restore the file from a backup.",
  });
}

/**
 * Records of one segment in order. A torn commit at the end of a segment that may be torn ends the reading; it was
 * never acknowledged.
 *
 * @throws `LOG_CORRUPT` naming file and offset of a damaged record
 */
export async function* readSegment(segment: Segment, options: ReadSegmentOptions): AsyncGenerator<Frame> {
  const handle = await open(segment.path, "r");
  try {
    const header = await readRange(handle, 0, SEGMENT_HEADER_BYTES);
    if (header.length < SEGMENT_HEADER_BYTES && options.mayBeTorn) return;
    checkSegmentHeader(segment, header);
    const limit = options.to ?? (await handle.stat()).size;
    let base = Math.max(options.from, SEGMENT_HEADER_BYTES);
    let index = 0;
    let chunk: Uint8Array = new Uint8Array(0);
    const want = async (bytes: number): Promise<void> => {
      if (chunk.length - index >= bytes) return;
      base += index;
      index = 0;
      chunk = await readRange(handle, base, Math.min(limit - base, Math.max(CHUNK_BYTES, bytes)));
    };
    while (base + index < limit) {
      await want(FRAME_HEADER_BYTES);
      await want(frameBytesAt(chunk, index) ?? 0);
      const frame = frameAt(chunk, index, base);
      if (frame === undefined) {
        await refuseDamage(handle, segment, { offset: base + index, limit, mayBeTorn: options.mayBeTorn });
        return;
      }
      index = frame.end - base;
      yield frame;
    }
  } finally {
    await handle.close();
  }
}
