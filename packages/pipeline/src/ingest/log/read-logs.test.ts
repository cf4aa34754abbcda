import { appendFileSync, truncateSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../catalog/testing/temporary-folder.ts";
import type { LogEntry, LogProgress, LogRecord } from "../../log-record.ts";
import { encodeLogRecord } from "./log-record.ts";
import { openLog } from "./open-log.ts";
import { readLogs, writerEnds } from "./read-logs.ts";
import { listSegments } from "./segment.ts";
import { listLogs, writerLog } from "./writer-log.ts";

function payload(install: string): Uint8Array {
  const record: LogRecord = {
    format: 1,
    received_at: 1,
    install,
    epoch: 1,
    sdk: "test/1",
    sent_at: 1,
    events: [],
    quarantined: [],
    duplicates: 0,
  };
  return encodeLogRecord(record, new Uint8Array(0));
}

/** Appends one record for each install to the log of a writer, as a process that then ends. */
async function write(folder: string, writer: string | null, epoch: number, ...installs: string[]) {
  const log = await openLog({ folder, writer, epoch });
  for (const install of installs) await log.append(payload(install));
  const position = log.position();
  await log.close();
  return position;
}

async function read(folder: string, from: LogProgress, to: LogProgress): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of readLogs(folder, from, to)) entries.push(entry);
  return entries;
}

const NOTHING: LogProgress = { log: null };

const namesOf = (entries: readonly LogEntry[]) =>
  entries.map(({ writer, record }) => `${writer ?? ""}:${record.install}`);

test("logs are found by the names of their folders, the first writer's first", async () => {
  const folder = temporaryFolder(onTestFinished);
  for (const name of ["log-b", "log", "log-a2", "log-", "log-UP", "log-..", "lake", "logs", "log-x y"]) {
    await mkdir(join(folder, name), { recursive: true });
  }
  expect(await listLogs(folder)).toEqual([
    { writer: null, path: join(folder, "log") },
    { writer: "a2", path: join(folder, "log-a2") },
    { writer: "b", path: join(folder, "log-b") },
  ]);
  expect(await listLogs(join(folder, "none"))).toHaveLength(1);
});

test.each(["", "-a", "A", "a/b", "..", "a".repeat(33), "ü"])("%j is no name of a writer", (name) => {
  expect(() => writerLog("/folder", name)).toThrow(/ARGUMENT_INVALID/);
});

test("all logs are read, each from where it was left", async () => {
  const folder = temporaryFolder(onTestFinished);
  const log = await write(folder, null, 1, "f1", "f2");
  await write(folder, "b", 1, "b1");
  await write(folder, "a", 1, "a1", "a2");
  const logs = await writerEnds(folder);
  const all = await read(folder, NOTHING, { log, logs });
  expect(namesOf(all)).toEqual([":f1", ":f2", "a:a1", "a:a2", "b:b1"]);
  expect(await read(folder, { log, logs }, { log, logs })).toEqual([]);

  await write(folder, "a", 2, "a3");
  await write(folder, "c", 1, "c1");
  const later = { log, logs: await writerEnds(folder) };
  expect(namesOf(await read(folder, { log, logs }, later))).toEqual(["a:a3", "c:c1"]);
  // From the middle of one.
  const middle = { log: all[0]!.position, logs: { ...later.logs, a: all[2]!.position } };
  expect(namesOf(await read(folder, middle, later))).toEqual([":f2", "a:a2", "a:a3"]);
  // A log that is not named is not read.
  expect(namesOf(await read(folder, NOTHING, { log: null, logs: { b: later.logs["b"]! } }))).toEqual([
    "b:b1",
  ]);
});

test("half a commit at the end of a living writer's log is left out, and read once it is whole", async () => {
  const folder = temporaryFolder(onTestFinished);
  const log = await openLog({ folder, writer: "a", epoch: 1 });
  onTestFinished(() => log.close());
  const ends: LogProgress[] = [];
  for (const install of ["one", "two", "three"]) {
    await log.append(payload(install));
    ends.push({ log: null, logs: { a: log.position() } });
  }
  const [first, second, third] = ends.map(({ logs }) => logs!["a"]!.offset);
  // The owner looked while the second commit was being written, and reads when the third one is there already.
  for (let end = first!; end < second!; end += 7) {
    const to = { log: null, logs: { a: { epoch: 1, segment: 1, offset: end } } };
    expect(namesOf(await read(folder, NOTHING, to)), `up to ${end} of ${third}`).toEqual(["a:one"]);
  }
  expect(namesOf(await read(folder, ends[0]!, ends[2]!))).toEqual(["a:two", "a:three"]);
});

test("what a writer lost after the owner had seen it is no damage", async () => {
  const folder = temporaryFolder(onTestFinished);
  await write(folder, "a", 1, "one", "two");
  const seen = { log: null, logs: await writerEnds(folder) };
  const [segment] = await listSegments(join(folder, "log-a"));
  truncateSync(segment!.path, seen.logs["a"]!.offset - 20);
  expect(namesOf(await read(folder, NOTHING, seen))).toEqual(["a:one"]);
  // Its next process cuts the half off and goes on in a segment of its own.
  await write(folder, "a", 2, "two again");
  const now = { log: null, logs: await writerEnds(folder) };
  expect(namesOf(await read(folder, seen, now))).toEqual(["a:two again"]);
  expect(namesOf(await read(folder, NOTHING, now))).toEqual(["a:one", "a:two again"]);
});

test("damage before the end of a log is told", async () => {
  const folder = temporaryFolder(onTestFinished);
  await write(folder, "a", 1, "one");
  const [segment] = await listSegments(join(folder, "log-a"));
  appendFileSync(segment!.path, Buffer.alloc(40, 7));
  // The next segment stands there already: its writer had sealed this one.
  appendFileSync(join(folder, "log-a", "00000002-00000001.log"), Buffer.alloc(16));
  await expect(read(folder, NOTHING, { log: null, logs: await writerEnds(folder) })).rejects.toThrow(
    /LOG_CORRUPT/,
  );
});
