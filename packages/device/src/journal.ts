import { concatBytes, messageOf } from "@tideline/spec";
import { decodeJournal, type JournalRecord } from "./journal-record.ts";
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
  /** Every whole record of a segment. */
  read(segment: Segment): Promise<readonly JournalRecord[]>;
  /** Replaces the records of a segment. An empty one is removed. */
  rewrite(segment: Segment, records: readonly Uint8Array[]): Promise<void>;
  remove(segment: Segment): Promise<void>;
}

/** What the names of all files of the journal begin with. */
export const JOURNAL_PREFIX = "journal-";

/** `journal-<index>-<install>-<epoch>.log`: sorted by name they are in the order of writing. */
const NAME = /^journal-(\d{8})-([0-9a-f]{32})-(\d+)\.log$/;

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

  const load = async (name: string): Promise<Uint8Array> => (await storage.read(name)) ?? new Uint8Array(0);

  for (const name of await storage.list(JOURNAL_PREFIX)) {
    const match = NAME.exec(name);
    if (match === null) continue;
    // Only the file that is written last can be torn.
    damaged = tornBytes > 0;
    const bytes = await load(name);
    const { records, validBytes } = decodeJournal(bytes, text);
    if (validBytes < bytes.length) {
      tornBytes += bytes.length - validBytes;
      await storage.write(name, bytes.slice(0, validBytes));
    }
    lastIndex = Number(match[1]);
    const source = { install: match[2]!, epoch: Number(match[3]) };
    found.push({ segment: { name, source, bytes: validBytes }, records });
  }

  /** Cuts a file back to what was durable before the append that failed. */
  const repair = async (segment: Segment): Promise<void> => {
    unrepaired = segment;
    await storage.write(segment.name, (await load(segment.name)).slice(0, segment.bytes));
    unrepaired = null;
  };

  const append = async (source: Source, records: readonly Uint8Array[]): Promise<Segment> => {
    if (unrepaired !== null) await repair(unrepaired);
    if (active === null || active.bytes >= segmentBytes) {
      lastIndex += 1;
      const index = `${lastIndex}`.padStart(8, "0");
      active = { name: `${JOURNAL_PREFIX}${index}-${source.install}-${source.epoch}.log`, source, bytes: 0 };
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

  return {
    found,
    tornBytes,
    damaged,
    append,
    remove,
    read: async ({ name }) => decodeJournal(await load(name), text).records,
    rewrite: async (segment, records) => {
      if (records.length === 0) return remove(segment);
      const bytes = concatBytes(records);
      await storage.write(segment.name, bytes);
      segment.bytes = bytes.length;
    },
  };
}
