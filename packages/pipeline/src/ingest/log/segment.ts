import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { tidelineError } from "@tideline/spec";

/** Version of a segment's framing. */
const SEGMENT_FORMAT = 1;

/** Bytes before a segment's first record: magic, format, owner's epoch and number, uint32 each. */
export const SEGMENT_HEADER_BYTES = 16;

/** "TLSG", little-endian. */
const MAGIC = 0x47_53_4c_54;

/** A file of the log. Every owner starts its own, so that an owner that lost its folder cannot write into the next one's. */
export interface Segment {
  /** Fencing epoch of the owner that wrote it. */
  readonly epoch: number;
  /** Counts up within the epoch, from 1. */
  readonly number: number;
  readonly path: string;
}

/** The segment of a log folder with an epoch and a number: `00000003-00000001.log`. */
export function segmentOf(logFolder: string, epoch: number, number: number): Segment {
  const digits = (value: number): string => String(value).padStart(8, "0");
  return { epoch, number, path: join(logFolder, `${digits(epoch)}-${digits(number)}.log`) };
}

/** All segments of a log folder in the order in which they were written; none where there is no folder. */
export async function listSegments(logFolder: string): Promise<readonly Segment[]> {
  const names = await readdir(logFolder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .map((name) => /^(\d{8})-(\d{8})\.log$/.exec(name))
    .filter((match) => match !== null)
    .map((match) => segmentOf(logFolder, Number(match[1]), Number(match[2])))
    .sort((left, right) => left.epoch - right.epoch || left.number - right.number);
}

/** First bytes of a segment. */
export function encodeSegmentHeader({ epoch, number }: Segment): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  [MAGIC, SEGMENT_FORMAT, epoch, number].forEach((value, index) => view.setUint32(index * 4, value, true));
  return bytes;
}

/**
 * Refuses a segment whose header does not fit its name.
 *
 * @throws `LOG_CORRUPT`
 */
export function checkSegmentHeader(segment: Segment, bytes: Uint8Array): void {
  const expected = encodeSegmentHeader(segment);
  if (bytes.length === expected.length && expected.every((byte, index) => byte === bytes[index])) return;
  throw tidelineError("LOG_CORRUPT", {
    who: segment.path,
    field: "byte 0",
    expected: `the header of a segment of format ${SEGMENT_FORMAT} that fits the file's name`,
    received: "other bytes",
    remedy: "Restore the file from a backup.",
  });
}
