import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { CRASH_POINTS } from "../crash-point.ts";
import { latestSnapshot, literal, readSnapshot, verifySnapshot } from "../lake/index.ts";
import { stepFolder } from "../feature/step-file.ts";
import { scanFolder } from "../subject/testing/scan-folder.ts";
import { cutoffsOf } from "./cutoff.ts";
import { expireLake } from "./expire-lake.ts";
import { retainRows } from "./retain-rows.ts";
import { DAY, NOW, openRetained } from "./testing/retained-folder.ts";

const CANARIES = ["old-tap", "old-note", "new-tap", "refused-tap", "refused-note", "late-tap", "window"];
const LEFT = ["old-note", "new-tap", "refused-note"];

/** Longer than the field takes. */
const LONG = "x".repeat(99);

/** Which canaries stand anywhere in a folder. */
async function standing(folder: string): Promise<readonly string[]> {
  const found = await scanFolder(folder, Object.fromEntries(CANARIES.map((text) => [text, `${text}.`])));
  return CANARIES.filter((text) => found.some((line) => line.startsWith(`${text} in`)));
}

/** Leaves a file of windows with features, as a training does, and one of the windows that it compared runtimes on. */
async function writeWindows({ engine, folder }: Awaited<ReturnType<typeof openRetained>>): Promise<void> {
  mkdirSync(stepFolder(folder), { recursive: true });
  writeFileSync(join(stepFolder(folder), "parity-a.f32"), "window.");
  const path = join(stepFolder(folder), "windows.parquet");
  await engine.run(`copy (select 'ada' as subject, 'window.' as at) to ${literal(path)} (format parquet)`);
}

let filled: string;

// Two days ago: taps (kept a day), a note (kept long), one refused; an hour ago one more tap.
beforeAll(async () => {
  filled = temporaryFolder((cleanUp) => void cleanUps.push(cleanUp));
  const folder = await openRetained(filled);
  const early = await folder.serve(NOW - 2 * DAY);
  await early.send("phone", [
    { seq: 1, name: "tap", at: "old-tap." },
    { seq: 2, name: "note", at: "old-note." },
  ]);
  await early.send("phone", [
    { seq: 3, name: "tap", at: `refused-tap.${LONG}` },
    { seq: 6, name: "note", at: `refused-note.${LONG}` },
  ]);
  await folder.compact(await early.position());
  // This one has reached no snapshot.
  await early.send("other", [{ seq: 1, name: "tap", at: "late-tap." }]);
  await early.close();
  await writeWindows(folder);
  await folder.close();
  const again = await openRetained(filled);
  const late = await again.serve(NOW - DAY / 24);
  await late.send("phone", [{ seq: 4, name: "tap", at: "new-tap." }]);
  await late.close();
  await again.close();
});
const cleanUps: (() => unknown)[] = [];

function copyOfFilled(): string {
  const folder = temporaryFolder(onTestFinished);
  cpSync(filled, folder, { recursive: true });
  return folder;
}

/** Opens a copy; closed with the test. */
async function reopen(path = copyOfFilled()) {
  const folder = await openRetained(path);
  onTestFinished(folder.close);
  return folder;
}

test("everything stands everywhere before", async () => {
  expect(await standing(filled)).toEqual(CANARIES);
});

test("what is past its time is found nowhere, and the rest is where it was", async () => {
  const folder = await reopen();
  const before = (await latestSnapshot(folder.catalog, folder.folder))!;
  const segment = join(folder.folder, "log", "00000001-00000001.log");
  const length = statSync(segment).size;
  const kept = await folder.retain(NOW, false);
  expect(kept.log).toMatchObject({ events: 2, quarantined: 1 });
  expect(kept.lake).toMatchObject({ rows: 2, superseded: [before.id], deleted: 2 });
  expect(await standing(folder.folder)).toEqual(LEFT);
  expect(statSync(segment).size).toBe(length);
  const after = (await latestSnapshot(folder.catalog, folder.folder))!;
  await verifySnapshot(after);
  expect(after.manifest.tables["tap"]).toMatchObject({ rows: 0, files: [] });
  expect(after.manifest.counts).toMatchObject({ events: 1, quarantined: 1, receipts: 2 });
  await expect(readSnapshot(folder.folder, before.id)).rejects.toThrow(
    `rows past their retention. Use snapshot ${after.id}. [SNAPSHOT_ERASED]`,
  );
  // A second time there is nothing to do, and no new snapshot.
  const again = await folder.retain(NOW + 1, false);
  expect(again).toMatchObject({ log: { segments: 0 }, lake: { rows: 0, deleted: 0, snapshot: after.id } });
});

test("beside a living server nothing is lost, a copy that comes late is none new, and the next snapshot goes on", async () => {
  const folder = await reopen();
  const server = await folder.serve(NOW);
  onTestFinished(() => server.close());
  await folder.retain(NOW, true);
  expect(await standing(folder.folder)).toEqual(LEFT);
  const copy = await server.send("phone", [
    { seq: 1, name: "tap", at: "old-tap." },
    { seq: 5, name: "tap", at: "newest" },
  ]);
  expect(copy).toMatchObject({
    duplicates: 1,
    acknowledged: [
      [1, 1],
      [5, 5],
    ],
  });
  const { snapshot } = await folder.compact(await server.position());
  // The note, the tap of an hour ago, and the newest one.
  expect(snapshot!.manifest.counts).toMatchObject({ events: 3, quarantined: 1, duplicates_dropped: 0 });
  await verifySnapshot(snapshot!);
  expect(await standing(folder.folder)).toEqual(LEFT);
});

test("when every retention is over the logs hold numbers only, and a copy is still none new", async () => {
  const folder = await reopen();
  const after = NOW + 1000 * DAY;
  expect(await folder.retain(after, false)).toMatchObject({
    log: { events: 4, quarantined: 2, receipts: 4 },
  });
  const logs = readdirSync(join(folder.folder, "log")).filter((name) => name.endsWith(".log"));
  const text = logs.map((name) => readFileSync(join(folder.folder, "log", name), "latin1")).join();
  expect(text).toContain('"install":"phone"');
  expect(text).not.toMatch(/subject|proof|sent_version/);
  const server = await folder.serve(after);
  onTestFinished(() => server.close());
  const copy = await server.send("phone", [{ seq: 1, name: "tap", at: "old-tap." }]);
  expect(copy).toMatchObject({ duplicates: 1 });
});

test("a restarted server knows the numbers of what went", async () => {
  const path = copyOfFilled();
  const folder = await reopen(path);
  await folder.retain(NOW, false);
  const server = await folder.serve(NOW);
  onTestFinished(() => server.close());
  const copy = await server.send("phone", [
    { seq: 1, name: "tap", at: "old-tap." },
    { seq: 3, name: "tap", at: `refused-tap.${LONG}` },
  ]);
  expect(copy).toMatchObject({ duplicates: 2, quarantined: [] });
});

test("just before its time is over everything stays", async () => {
  const folder = await reopen();
  await folder.retain(NOW - DAY - DAY / 24, false);
  expect(await standing(folder.folder)).toEqual(CANARIES);
});

test.each([0, DAY / 24])(
  "windows that were computed between two tries are gone after the second, %d ms later",
  async (later) => {
    const folder = await reopen();
    const context = { ...folder, clock: () => NOW, isServed: false };
    // The first try is cut off before its step is recorded; a disk that was full, say.
    const cutOff = retainRows(context, NOW, async (name, _, work) => {
      if (name === "lake") {
        const assertEpoch = (): void => {
          throw new Error("cut off");
        };
        await expireLake({ ...context, owner: { ...folder.owner, assertEpoch } }, cutoffsOf(folder.app, NOW));
      }
      return work();
    });
    await expect(cutOff).rejects.toThrow("cut off");
    await writeWindows(folder);
    await folder.retain(NOW + later, false);
    expect(await standing(folder.folder)).toEqual(LEFT);
    // Nothing was past its time any more: what is computed now may stay.
    await writeWindows(folder);
    expect(await folder.retain(NOW + later + 1, false)).toMatchObject({ lake: { derived: 0 } });
    expect(await standing(folder.folder)).toEqual([...LEFT, "window"]);
  },
);

test("a kill when everything was done but not recorded leaves no windows", async () => {
  const folder = await reopen();
  const context = { ...folder, clock: () => NOW, isServed: false };
  const cutOff = retainRows(context, NOW, async (name, _, work) => {
    const output = await work();
    if (name === "lake") throw new Error("killed");
    return output;
  });
  await expect(cutOff).rejects.toThrow("killed");
  expect(await folder.retain(NOW + DAY / 24, false)).toMatchObject({ lake: { deleted: 0 } });
  expect(await standing(folder.folder)).not.toContain("window");
});

/** One kill in the logs and one around the commit; the nightly run takes every point (`scripts/nightly/retention.ts`). */
const KILLS: readonly string[] =
  process.env["RETENTION_KILLS"] === "all"
    ? // The last one: when the lake is done, and that is not yet recorded.
      [...CRASH_POINTS.filter((point) => point.startsWith("retention.")), "flow.step.before_commit:2"]
    : ["retention.segment.after_rename", "retention.lake.after_commit"];

test.each(KILLS)("killed at %s: the next run does the rest", async (point) => {
  const path = copyOfFilled();
  const child = spawn(process.execPath, [join(import.meta.dirname, "testing/retain-process.ts"), path], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, TIDELINE_CRASH_AT: point },
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect(signal ?? code).toBe("SIGKILL");
  const folder = await reopen(path);
  await folder.retain(NOW, false);
  expect(await standing(path)).toEqual(LEFT);
  const after = (await latestSnapshot(folder.catalog, path))!;
  await verifySnapshot(after);
  expect(after.manifest.counts).toMatchObject({ events: 1, quarantined: 1 });
});
