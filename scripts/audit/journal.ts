import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { unusable } from "./evidence.ts";

/** An event as a phone wrote it down before it sent anything. */
export interface Recorded {
  readonly install: string;
  readonly epoch: number;
  readonly seq: number;
  readonly name: string;
  readonly version: number;
  /** The phone's clock, milliseconds since 1970. */
  readonly time: number;
  readonly user: string | null;
  readonly consent: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  /** Packed float32 samples that frames of `properties` point into. */
  readonly attachment: Buffer;
}

/** Closed ranges of sequence numbers. */
type Ranges = readonly (readonly [number, number])[];

/** What a phone's folder holds. */
export interface PhoneJournal {
  readonly folder: string;
  readonly events: readonly Recorded[];
  /** By `install.epoch`. */
  readonly acknowledged: Readonly<Record<string, Ranges>>;
  readonly dropped: Readonly<Record<string, Ranges>>;
  /** Bytes that are no whole record, by file. */
  readonly torn: readonly { readonly file: string; readonly bytes: number; readonly last: boolean }[];
}

const FILE = /^journal-(\d{8})-([0-9a-f]{32})-(\d+)\.log$/;

/** Identity of an event: what makes a retry harmless. */
export function identityOf({
  install,
  epoch,
  seq,
}: {
  readonly install: string;
  readonly epoch: number;
  readonly seq: number;
}): string {
  return `${install}.${epoch}.${seq}`;
}

/** Whether one of the ranges holds a sequence number. */
export function inRanges(ranges: Ranges | undefined, seq: number): boolean {
  let [low, high] = [0, (ranges?.length ?? 0) - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [from, to] = ranges![middle]!;
    if (seq < from) high = middle - 1;
    else if (seq > to) low = middle + 1;
    else return true;
  }
  return false;
}

/**
 * Records of a journal file: length and CRC-32 of the payload, then the payload (length of the header, header as
 * JSON, attachment); all three numbers little-endian uint32. Ends at the first record that is not whole.
 */
function readRecords(
  bytes: Buffer,
  source: { readonly install: string; readonly epoch: number },
): { events: Recorded[]; whole: number } {
  const events: Recorded[] = [];
  let at = 0;
  while (at + 12 <= bytes.length) {
    const size = bytes.readUInt32LE(at);
    const payload = bytes.subarray(at + 8, at + 8 + size);
    if (size < 4 || payload.length < size || crc32(payload) !== bytes.readUInt32LE(at + 4)) break;
    const length = payload.readUInt32LE(0);
    if (4 + length > size) break;
    const header = JSON.parse(payload.toString("utf8", 4, 4 + length)) as Recorded;
    events.push({ ...header, ...source, attachment: payload.subarray(4 + length) });
    at += 8 + size;
  }
  return { events, whole: at };
}

interface QueueFile {
  readonly sources?: Readonly<Record<string, { acknowledged: Ranges; dropped: Ranges }>>;
}

/** Reads the journal files of one folder and what the phone noted as acknowledged and given up (`queue.json`). */
function readPhone(folder: string, files: readonly string[]): PhoneJournal {
  const events: Recorded[] = [];
  const torn: { file: string; bytes: number; last: boolean }[] = [];
  for (const [index, file] of files.entries()) {
    const [, , install, epoch] = FILE.exec(file)!;
    const bytes = readFileSync(join(folder, file));
    const read = readRecords(bytes, { install: install!, epoch: Number(epoch) });
    // One by one: a journal may hold more records than a call takes arguments.
    for (const event of read.events) events.push(event);
    if (read.whole < bytes.length) {
      torn.push({ file, bytes: bytes.length - read.whole, last: index === files.length - 1 });
    }
  }
  let queue: QueueFile = {};
  try {
    queue = JSON.parse(readFileSync(join(folder, "queue.json"), "utf8")) as QueueFile;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") {
      throw unusable(`${join(folder, "queue.json")} is not readable JSON.`, cause);
    }
  }
  const sources = Object.entries(queue.sources ?? {});
  return {
    folder,
    events,
    torn,
    acknowledged: Object.fromEntries(sources.map(([key, { acknowledged }]) => [key, acknowledged])),
    dropped: Object.fromEntries(sources.map(([key, { dropped }]) => [key, dropped])),
  };
}

/** Every phone below a folder: a folder with journal files is one. */
export function readJournals(folder: string): readonly PhoneJournal[] {
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (cause) {
    throw unusable(`The evidence has no readable folder of phones: ${folder}.`, cause);
  }
  const byFolder = new Map<string, string[]>();
  for (const entry of entries) {
    if (!entry.isFile() || !FILE.test(entry.name)) continue;
    byFolder.set(entry.parentPath, [...(byFolder.get(entry.parentPath) ?? []), entry.name]);
  }
  if (byFolder.size === 0) throw unusable(`No phone below ${folder} kept a journal.`);
  return [...byFolder]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([path, files]) => readPhone(path, files.sort()));
}
