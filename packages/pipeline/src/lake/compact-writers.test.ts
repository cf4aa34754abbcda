import { expect, onTestFinished, test } from "vitest";
import type { LogEntry, LogPosition, WriterPositions } from "../log-record.ts";
import { countStoredDuplicates } from "./drop-known.ts";
import { readSnapshot } from "./snapshot.ts";
import { openLake } from "./testing/open-lake.ts";
import { sampleLog, type SampleRecord } from "./testing/sample-log.ts";

const SUBJECT = "0".repeat(32);

/** One record of a phone with events of the given numbers. */
function record(...sequences: number[]): SampleRecord {
  return {
    events: sequences.map((seq) => ({
      seq,
      name: "motion",
      subject: SUBJECT,
      properties: { session: "s", start: seq, samples: Float32Array.from([seq, 0]) },
    })),
  };
}

/** The logs of a folder in memory: the first writer's under "". Remembers from where each was read. */
function logsOf(logs: Readonly<Record<string, readonly SampleRecord[]>>) {
  const asked: { log: LogPosition | null; others: WriterPositions }[] = [];
  return {
    asked,
    async *read(log: LogPosition | null, others: WriterPositions): AsyncGenerator<LogEntry> {
      asked.push({ log, others });
      for (const [writer, records] of Object.entries(logs)) {
        const entries = sampleLog(records)(writer === "" ? log : (others[writer] ?? null));
        for await (const entry of entries) yield writer === "" ? entry : { ...entry, writer };
      }
    },
  };
}

const at = (offset: number): LogPosition => ({ epoch: 1, segment: 1, offset });

test("what came to two writers is stored once, within a range and across ranges; each log has its position", async () => {
  const lake = await openLake(onTestFinished);
  const first = await lake.compact(logsOf({ "": [record(1, 2)], a: [record(2, 3)] }).read);
  expect(first.snapshot!.manifest).toMatchObject({
    log: at(1),
    logs: { a: at(1) },
    counts: { events: 3, duplicates_dropped: 1 },
  });
  // Now the same events again, to another process, and to one that the lake has never seen.
  const later = logsOf({ "": [record(1, 2)], a: [record(2, 3), record(1, 4)], b: [record(3, 5), record(4)] });
  const second = await lake.compact(later.read);
  expect(later.asked).toEqual([{ log: at(1), others: { a: at(1) } }]);
  expect(second.snapshot!.manifest).toMatchObject({
    log: at(1),
    logs: { a: at(2), b: at(2) },
    counts: { events: 5, duplicates_dropped: 4 },
  });
  expect(await countStoredDuplicates(lake.engine, second.snapshot!)).toBe(0);
  expect((await readSnapshot(lake.folder, second.snapshot!.id)).manifest).toEqual(second.snapshot!.manifest);
});

test("a folder with one writer has the manifest that it always had", async () => {
  const lake = await openLake(onTestFinished);
  const { snapshot } = await lake.compact(sampleLog([record(1)]));
  expect(Object.keys(snapshot!.manifest)).not.toContain("logs");
});

test("an owner without a log of its own compacts those of the others, and its own from its beginning later", async () => {
  const lake = await openLake(onTestFinished);
  const { snapshot } = await lake.compact(logsOf({ a: [record(1)] }).read);
  expect(snapshot!.manifest).toMatchObject({
    log: { epoch: 0, segment: 0, offset: 0 },
    logs: { a: at(1) },
    counts: { events: 1 },
  });
  const next = await lake.compact(logsOf({ "": [record(1, 2)], a: [record(1)] }).read);
  expect(next.snapshot!.manifest).toMatchObject({ log: at(1), counts: { events: 2, duplicates_dropped: 1 } });
});

test("a range that ends in the middle of one log goes on there, before the next log", async () => {
  const lake = await openLake(onTestFinished);
  const logs = { "": [record(1), record(2)], a: [record(3), record(4)] };
  const positions: unknown[] = [];
  for (let complete = false; !complete;) {
    const compaction = await lake.compact(logsOf(logs).read, undefined, 1);
    ({ complete } = compaction);
    const { log, logs: others } = compaction.snapshot!.manifest;
    positions.push([log.offset, others?.["a"]?.offset]);
  }
  expect(positions).toEqual([
    [1, undefined],
    [2, undefined],
    [2, 1],
    [2, 2],
    [2, 2],
  ]);
});
