import {
  appendFile,
  copyFile,
  cp,
  mkdtemp,
  open,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTidelineError } from "@tideline/spec";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LOG_RECORD_FORMAT, type LogPosition, type LogRecord } from "../../log-record.ts";
import { collectLog } from "../testing/collect-log.ts";
import { encodeCommit, FRAME_HEADER_BYTES } from "./frame.ts";
import { logFault } from "./log-fault.ts";
import { encodeLogRecord } from "./log-record.ts";
import { compareLogPositions } from "./log-position.ts";
import { openLog } from "./open-log.ts";
import { listSegments, SEGMENT_HEADER_BYTES } from "./segment.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-log-"));
});

afterEach(() => rm(folder, { recursive: true }));

function payloadOf(number: number, attachment = new Uint8Array([number, 2, 3, 4])): Uint8Array {
  const record: LogRecord = {
    format: LOG_RECORD_FORMAT,
    received_at: number,
    install: "phone",
    epoch: 1,
    sdk: "test/1",
    sent_at: number,
    events: [],
    quarantined: [],
    duplicates: 0,
  };
  return encodeLogRecord(record, attachment);
}

/** The numbers of the records that a folder's log holds. */
async function numbersOf(root: string, from: LogPosition | null = null, to?: LogPosition): Promise<number[]> {
  return (await collectLog(root, from, to)).map(({ record }) => record.received_at);
}

/** A log with records appended one commit at a time; returns where each ends. */
async function writeLog(
  epoch: number,
  numbers: readonly number[],
  segmentBytes?: number,
): Promise<LogPosition[]> {
  const log = await openLog({ folder, epoch, ...(segmentBytes === undefined ? {} : { segmentBytes }) });
  const positions: LogPosition[] = [];
  for (const number of numbers) positions.push(await log.append(payloadOf(number)));
  await log.close();
  return positions;
}

async function lastSegment(root = folder): Promise<string> {
  return (await listSegments(join(root, "log"))).at(-1)!.path;
}

/** Turns one byte around. */
async function flip(path: string, offset: number): Promise<void> {
  const handle = await open(path, "r+");
  const byte = new Uint8Array(1);
  await handle.read(byte, 0, 1, offset);
  byte[0]! ^= 0xff;
  await handle.write(byte, 0, 1, offset);
  await handle.close();
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (isTidelineError(error)) return error.code;
    throw error;
  }
  return "none";
}

test("records come back in order with their attachments and positions, from any position", async () => {
  const positions = await writeLog(1, [1, 2, 3]);
  const entries = await collectLog(folder);
  expect(entries.map(({ record }) => record.received_at)).toEqual([1, 2, 3]);
  expect(entries.map(({ attachment }) => [...attachment])).toEqual(
    [1, 2, 3].map((number) => [number, 2, 3, 4]),
  );
  expect(entries.map(({ position }) => position)).toEqual(positions);
  expect(await numbersOf(folder, positions[0])).toEqual([2, 3]);
  expect(await numbersOf(folder, positions[0], positions[1])).toEqual([2]);
  expect(await numbersOf(folder, positions[2])).toEqual([]);
});

test("a folder without a log has no records", async () => {
  expect(await numbersOf(join(folder, "nowhere"))).toEqual([]);
});

test("records larger than what is read at once come back whole", async () => {
  const log = await openLog({ folder, epoch: 1 });
  const large = new Uint8Array(2_500_000).map((_, index) => index % 251);
  await log.append(payloadOf(1));
  await log.append(payloadOf(2, large));
  await log.append(payloadOf(3));
  await log.close();
  const entries = await collectLog(folder);
  expect(entries.map(({ record }) => record.received_at)).toEqual([1, 2, 3]);
  expect(Buffer.compare(entries[1]!.attachment, large)).toBe(0);
});

test("appends that wait together share a commit", async () => {
  const commits: LogPosition[] = [];
  const log = await openLog({ folder, epoch: 1, onCommit: (position) => commits.push(position) });
  const positions = await Promise.all(
    Array.from({ length: 50 }, (_, number) => log.append(payloadOf(number))),
  );
  expect(commits.length).toBeLessThanOrEqual(2);
  expect(positions.at(-1)).toEqual(log.position());
  expect(log.waitingBytes()).toBe(0);
  await log.close();
  expect(await numbersOf(folder)).toEqual(Array.from({ length: 50 }, (_, number) => number));
});

test("segments rotate and every owner starts its own", async () => {
  const first = await writeLog(1, [1, 2, 3, 4, 5], 300);
  const second = await writeLog(7, [6, 7]);
  const segments = await listSegments(join(folder, "log"));
  expect(segments.map(({ epoch, number }) => [epoch, number])).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
    [7, 1],
  ]);
  expect(await numbersOf(folder)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  const all = [...first, ...second];
  for (const [index, position] of all.entries()) {
    expect(await numbersOf(folder, position)).toEqual([1, 2, 3, 4, 5, 6, 7].slice(index + 1));
    expect(await numbersOf(folder, null, position)).toEqual([1, 2, 3, 4, 5, 6, 7].slice(0, index + 1));
  }
  expect(all.toSorted(compareLogPositions)).toEqual(all);
});

test("a log rolls over after what was appended before, and loses nothing that comes meanwhile", async () => {
  const log = await openLog({ folder, epoch: 1 });
  const places: LogPosition[] = [];
  const before = [log.append(payloadOf(1)), log.append(payloadOf(2))];
  const rolled = log.roll(async (position) => {
    places.push(position);
    await Promise.all(before);
  });
  const after = log.append(payloadOf(3));
  const again = log.roll();
  expect(await rolled).toEqual({ epoch: 1, segment: 2, offset: SEGMENT_HEADER_BYTES });
  expect(await after).toMatchObject({ segment: 2 });
  expect(await again).toEqual({ epoch: 1, segment: 3, offset: SEGMENT_HEADER_BYTES });
  expect(places).toEqual([await before[1]]);
  expect(await log.append(payloadOf(4))).toMatchObject({ segment: 3 });
  await log.close();
  await expect(numbersOf(folder)).resolves.toEqual([1, 2, 3, 4]);
  await expect(listSegments(join(folder, "log"))).resolves.toHaveLength(3);
});

test("a roll whose own work fails is a fault of the log", async () => {
  const faults: string[] = [];
  const log = await openLog({ folder, epoch: 1, onFault: ({ code }) => void faults.push(code) });
  const rolled = log.roll(() => Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" })));
  const refused = log.append(payloadOf(1));
  await expect(rolled).rejects.toThrow("DISK_FULL");
  await expect(refused).rejects.toThrow("DISK_FULL");
  await expect(log.roll()).rejects.toThrow("DISK_FULL");
  expect(faults).toEqual(["DISK_FULL"]);
  await log.close();
});

test("an epoch that was used is refused", async () => {
  await writeLog(3, [1]);
  expect(await codeOf(openLog({ folder, epoch: 3 }))).toBe("FENCED");
});

test("a tail torn at any byte of the last record is cut off, and the log goes on", async () => {
  const positions = await writeLog(1, [1, 2, 3]);
  const from = positions[1]!.offset;
  const whole = await readFile(await lastSegment());
  for (let length = from; length < positions[2]!.offset; length += 1) {
    await writeFile(await lastSegment(), whole.subarray(0, length));
    expect(await numbersOf(folder)).toEqual([1, 2]);
  }
  const copy = `${folder}-copy`;
  for (const length of [from, from + 1, from + FRAME_HEADER_BYTES, positions[2]!.offset - 1]) {
    await cp(folder, copy, { recursive: true });
    await writeFile(await lastSegment(copy), whole.subarray(0, length));
    const log = await openLog({ folder: copy, epoch: 2 });
    await log.append(payloadOf(4));
    await log.close();
    expect((await stat(join(copy, "log/00000001-00000001.log"))).size).toBe(from);
    expect(await numbersOf(copy)).toEqual([1, 2, 4]);
    await rm(copy, { recursive: true });
  }
});

test("a tail of zeros or of noise is cut off", async () => {
  await writeLog(1, [1]);
  await appendFile(await lastSegment(), new Uint8Array(5000));
  expect(await numbersOf(folder)).toEqual([1]);
  await writeLog(2, [2]);
  await appendFile(
    await lastSegment(),
    new Uint8Array(5000).map((_, index) => (index * 37 + 11) % 256),
  );
  await writeLog(3, [3]);
  expect(await numbersOf(folder)).toEqual([1, 2, 3]);
});

test("a segment whose owner died before the header was whole is removed", async () => {
  await writeLog(1, [1]);
  await writeLog(2, []);
  await truncate(await lastSegment(), SEGMENT_HEADER_BYTES - 1);
  expect(await numbersOf(folder)).toEqual([1]);
  await writeLog(3, [2]);
  expect((await listSegments(join(folder, "log"))).map(({ epoch }) => epoch)).toEqual([1, 3]);
  expect(await numbersOf(folder)).toEqual([1, 2]);
});

test("any byte of a record that changes before a later commit is damage, named by file and offset", async () => {
  const positions = await writeLog(1, [1, 2, 3]);
  const path = await lastSegment();
  const backup = `${folder}/backup`;
  await copyFile(path, backup);
  for (let offset = positions[0]!.offset; offset < positions[1]!.offset; offset += 1) {
    await copyFile(backup, path);
    await flip(path, offset);
    await expect(numbersOf(folder)).rejects.toThrow(`00000001-00000001.log: byte ${positions[0]!.offset}`);
  }
  expect(await codeOf(openLog({ folder, epoch: 2 }))).toBe("LOG_CORRUPT");
});

test("damage at the end of a segment that is not the last is no torn tail", async () => {
  const positions = await writeLog(1, [1, 2]);
  const path = await lastSegment();
  await writeLog(2, [3]);
  await flip(path, positions[1]!.offset - 1);
  expect(await codeOf(numbersOf(folder))).toBe("LOG_CORRUPT");
});

test("damage before a position that was reported durable is no torn tail", async () => {
  const positions = await writeLog(1, [1, 2]);
  await flip(await lastSegment(), positions[1]!.offset - 1);
  expect(await numbersOf(folder)).toEqual([1]);
  expect(await codeOf(numbersOf(folder, null, positions[1]))).toBe("LOG_CORRUPT");
});

test("a commit of which only later pages reached the disk was never acknowledged", async () => {
  const [durable] = await writeLog(1, [1]);
  const path = await lastSegment();
  const commit = encodeCommit([payloadOf(2), payloadOf(3)], durable!.offset);
  commit.fill(0, 0, 40);
  await appendFile(path, commit);
  expect(await numbersOf(folder)).toEqual([1]);
  await writeLog(2, [4]);
  expect(await numbersOf(folder)).toEqual([1, 4]);
});

test("a foreign file in place of a segment is refused", async () => {
  await writeLog(1, [1]);
  await writeFile(await lastSegment(), "this is not a segment of the log at all");
  expect(await codeOf(numbersOf(folder))).toBe("LOG_CORRUPT");
});

test("faults are told by what the disk said", () => {
  const of = (code: string) => logFault(Object.assign(new Error("x"), { code }), "log").code;
  expect([of("ENOSPC"), of("EDQUOT"), of("EFBIG"), of("EIO"), of("EROFS")]).toEqual([
    "DISK_FULL",
    "DISK_FULL",
    "DISK_FULL",
    "FSYNC_FAILED",
    "FSYNC_FAILED",
  ]);
});
