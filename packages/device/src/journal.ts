import { concatBytes, messageOf, tidelineError } from "@tideline/spec";
import { decodeJournal, decodeRecord, type JournalRecord } from "./journal-record.ts";
import type { DevicePorts } from "./ports.ts";

/** Who numbered an event: sequence numbers count within an install's epoch. */
export interface Source {
  readonly install: string;
  readonly epoch: number;
}

/** A file of the journal: records of one source, in order. */
export interface Segment {
  readonly name: string;
  readonly source: Source;
  bytes: number;
}

/** A segment as it was found at the start. */
export interface FoundSegment {
  readonly segment: Segment;
  readonly records: readonly JournalRecord[];
}

/** Append-only files of records. Not safe for overlapping calls: the queue runs them one after the other. */
export interface Journal {
  /** What was found, oldest first; torn ends are already cut off. */
  readonly found: readonly FoundSegment[];
  readonly tornBytes: number;
  /** True where another segment than the last one was cut: not a torn write, but damage. */
  readonly damaged: boolean;
  /** Appends records in one durable write. On failure the file is cut back and nothing of it stays. */
  append(source: Source, records: readonly Uint8Array[]): Promise<Segment>;
  read(segment: Segment, places: readonly { offset: number }[]): Promise<JournalRecord[]>;
  /** Every record of a segment. */
  records(segment: Segment): Promise<readonly JournalRecord[]>;
  /** Keeps only some records of a segment; their places afterwards, in order. An empty one is removed. */
  rewrite(segment: Segment, keep: readonly JournalRecord[]): Promise<readonly number[]>;
  remove(segment: Segment): Promise<void>;
}

/** `journal-<index>-<install>-<epoch>.log`: sorted by name they are in the order of writing. */
const NAME = /^journal-(\d{8})-([0-9a-f]{32})-(\d+)\.log$/;

function parseName(name: string): { index: number; source: Source } | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  return { index: Number(match[1]), source: { install: match[2]!, epoch: Number(match[3]) } };
}

/** Opens the journal: reads every segment and cuts torn ends off. */
export async function openJournal(ports: DevicePorts, segmentBytes: number): Promise<Journal> {
  const { storage, text } = ports;
  const found: FoundSegment[] = [];
  let tornBytes = 0;
  let damaged = false;
  let lastIndex = 0;
  let active: Segment | null = null;
  /** A file that must be cut back before anything else is written, because an append to it failed. */
  let unrepaired: Segment | null = null;

  const names = (await storage.list("journal-")).filter((name) => parseName(name) !== null);
  for (const name of names) {
    const { index, source } = parseName(name)!;
    const bytes = (await storage.read(name)) ?? new Uint8Array(0);
    const { records, validBytes } = decodeJournal(bytes, text);
    if (validBytes < bytes.length) {
      tornBytes += bytes.length - validBytes;
      damaged = damaged || name !== names[names.length - 1];
      await storage.write(name, bytes.slice(0, validBytes));
    }
    lastIndex = index;
    found.push({ segment: { name, source, bytes: validBytes }, records });
  }

  /** Cuts a file back to what was durable before the append that failed. */
  const repair = async (segment: Segment): Promise<void> => {
    unrepaired = segment;
    const bytes = await storage.read(segment.name);
    if (bytes !== null) await storage.write(segment.name, bytes.slice(0, segment.bytes));
    unrepaired = null;
  };

  const append = async (source: Source, records: readonly Uint8Array[]): Promise<Segment> => {
    if (unrepaired !== null) await repair(unrepaired);
    if (active === null || active.bytes >= segmentBytes || active.source !== source) {
      lastIndex += 1;
      const index = String(lastIndex).padStart(8, "0");
      active = { name: `journal-${index}-${source.install}-${source.epoch}.log`, source, bytes: 0 };
    }
    const segment = active;
    const bytes = concatBytes(records);
    try {
      await storage.append(segment.name, bytes);
    } catch (error) {
      // Where even this fails, `unrepaired` stays set and the next append begins with it.
      await repair(segment).catch((second: unknown) =>
        ports.log?.({ level: "error", part: "journal", message: messageOf(second) }),
      );
      throw error;
    }
    segment.bytes += bytes.length;
    return segment;
  };

  const remove = async (segment: Segment): Promise<void> => {
    if (active === segment) active = null;
    await storage.remove(segment.name);
  };

  return Object.freeze({
    found,
    tornBytes,
    damaged,
    append,
    remove,
    read: async (segment: Segment, places: readonly { offset: number }[]) => {
      const bytes = (await storage.read(segment.name)) ?? new Uint8Array(0);
      return places.map(({ offset }) => {
        const record = decodeRecord(bytes, offset, text);
        if (record !== null) return record;
        throw tidelineError("STORAGE_FAILED", {
          who: "journal",
          field: segment.name,
          expected: `a whole record at byte ${offset}`,
          received: "other bytes",
          remedy: "The file was changed from outside; restart the app.",
        });
      });
    },
    records: async (segment: Segment) => {
      const bytes = (await storage.read(segment.name)) ?? new Uint8Array(0);
      return decodeJournal(bytes, text).records;
    },
    rewrite: async (segment: Segment, keep: readonly JournalRecord[]) => {
      if (keep.length === 0) {
        await remove(segment);
        return [];
      }
      const bytes = (await storage.read(segment.name)) ?? new Uint8Array(0);
      const kept = concatBytes(keep.map(({ offset, length }) => bytes.subarray(offset, offset + length)));
      await storage.write(segment.name, kept);
      segment.bytes = kept.length;
      let next = 0;
      return keep.map(({ length }) => {
        next += length;
        return next - length;
      });
    },
  });
}
