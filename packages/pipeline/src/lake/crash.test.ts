import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import type { CrashPoint } from "../crash-point.ts";
import { countStoredDuplicates } from "./drop-known.ts";
import { sweep } from "./sweep.ts";
import { crashLog } from "./testing/crash-log.ts";
import { openLake } from "./testing/open-lake.ts";
import { sampleLog } from "./testing/sample-log.ts";
import { verifySnapshot } from "./verify-snapshot.ts";

const HALF = crashLog.length / 2;

let wanted: readonly string[] | undefined;

/** Ids of the two snapshots that the log makes when nothing goes wrong. */
async function undisturbed(): Promise<readonly string[]> {
  if (wanted !== undefined) return wanted;
  const lake = await openLake(onTestFinished);
  const first = await lake.compact(sampleLog(crashLog, HALF));
  const last = await lake.compact(sampleLog(crashLog));
  wanted = [first.snapshot!.id, last.snapshot!.id];
  return wanted;
}

/** Runs the compacting process and answers how it ended. */
async function compactInChild(folder: string, crashAt: string): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "testing/compact-in-two.ts"), folder], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, TIDELINE_CRASH_AT: crashAt },
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal ?? String(code);
}

test.each<[CrashPoint, number, orphans: boolean]>([
  ["lake.compact.before_file", 3, true],
  ["lake.compact.after_file", 2, true],
  ["lake.snapshot.before_manifest", 2, true],
  ["lake.snapshot.before_commit", 1, true],
  ["lake.snapshot.after_commit", 1, false],
])("killed at %s, hit %i: the next compaction does the rest, once", async (point, hit, orphans) => {
  const folder = temporaryFolder(onTestFinished);
  await expect(compactInChild(folder, `${point}:${hit}`)).resolves.toBe("SIGKILL");
  const lake = await openLake(onTestFinished, folder);
  const removed = await sweep(lake.owner, lake.catalog);
  if (orphans) expect(removed).not.toEqual([]);
  else expect(removed).toEqual([]);
  const first = await lake.compact(sampleLog(crashLog, HALF));
  const last = await lake.compact(sampleLog(crashLog));
  // Whatever the kill left, the ids are those of an undisturbed run: every byte is the same.
  const ids = await undisturbed();
  expect(ids).toContain(first.snapshot!.id);
  expect(last.snapshot!.id).toBe(ids[1]);
  expect(last.snapshot!.manifest.counts).toMatchObject({ events: 12, duplicates_dropped: 9, receipts: 12 });
  await verifySnapshot(last.snapshot!);
  await expect(countStoredDuplicates(lake.engine, last.snapshot!)).resolves.toBe(0);
  await expect(sweep(lake.owner, lake.catalog)).resolves.toEqual([]);
});

test("what a kill left is adopted when nobody sweeps it away", async () => {
  const folder = temporaryFolder(onTestFinished);
  await expect(compactInChild(folder, "lake.snapshot.before_commit:2")).resolves.toBe("SIGKILL");
  const lake = await openLake(onTestFinished, folder);
  const last = await lake.compact(sampleLog(crashLog));
  expect(last.snapshot!.id).toBe((await undisturbed())[1]);
  await expect(sweep(lake.owner, lake.catalog)).resolves.toEqual([]);
  await verifySnapshot(last.snapshot!);
});
