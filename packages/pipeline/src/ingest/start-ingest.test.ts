import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LogPosition } from "../log-record.ts";
import { startIngest, type Ingest } from "./start-ingest.ts";
import { collectLog } from "./testing/collect-log.ts";

let folder: string;
const running: Ingest[] = [];

/** A module without imports, as the app of these tests. */
const APP = `export const app = { name: "test", purposes: { analytics: "Count." }, views: [], models: [],
  events: { tap: { name: "tap", version: 1, purpose: "analytics", retain: "1d", fields: {}, previous: [] } } };`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-start-"));
  await writeFile(join(folder, "app.mjs"), APP);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((ingest) => ingest.close()));
  await rm(folder, { recursive: true });
});

async function start(
  epoch: number,
  changes: { port?: number; appModule?: string; segmentBytes?: number } = {},
) {
  const { segmentBytes = 1_000_000, port = 0, appModule = join(folder, "app.mjs") } = changes;
  const ingest = await startIngest({
    folder,
    epoch,
    appModule,
    port,
    writeKeys: ["key"],
    pseudonymKey: new Uint8Array(32),
    clock: null,
    limits: { segmentBytes },
  });
  running.push(ingest);
  return ingest;
}

async function send(ingest: Ingest, sequences: readonly number[]): Promise<{ duplicates: number }> {
  const events = sequences.map((seq) => ({
    seq,
    name: "tap",
    version: 1,
    time: 1,
    user: null,
    consent: ["analytics"],
    properties: {},
  }));
  const answer = await fetch(`${ingest.address}/v1/batch`, {
    method: "POST",
    headers: { authorization: "Bearer key" },
    body: JSON.stringify({ format: 1, sdk: "t", install: "phone", epoch: 1, sent_at: 1, events }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { duplicates: number };
}

async function stored(): Promise<number[]> {
  const entries = await collectLog(folder);
  return entries.flatMap(({ record }) => record.events.map(({ seq }) => seq));
}

test("the owner hears of every commit, counts, and can close twice", async () => {
  const ingest = await start(1);
  const heard: LogPosition[] = [];
  const stop = ingest.onDurable((position) => heard.push(position));
  await send(ingest, [1, 2, 3]);
  await expect.poll(() => heard.length).toBe(1);
  expect(ingest.position()).toEqual(heard[0]);
  stop();
  await send(ingest, [3, 4]);
  await ingest.close();
  await ingest.close();
  expect(heard).toHaveLength(1);
  expect(ingest.counts()).toEqual({
    batches: 2,
    events: 4,
    quarantined: {},
    duplicates: 1,
    samples: 0,
    missingSamples: 0,
    withheldFields: 0,
    misrouted: 0,
  });
  const upTo = await collectLog(folder, null, heard[0]);
  expect(upTo.map(({ record }) => record.events.length)).toEqual([3]);
});

test("a restart remembers every number, with a checkpoint, without, and with a damaged one", async () => {
  const checkpoint = join(folder, "log/checkpoint.json");
  const first = await start(1, { segmentBytes: 500 });
  for (let seq = 0; seq < 10; seq += 1) await send(first, [seq]);
  await first.close();
  const saved = await readFile(checkpoint, "utf8");
  expect((JSON.parse(saved.split("\n")[1]!) as { position: LogPosition }).position.segment).toBeGreaterThan(
    1,
  );
  const variants: readonly (() => Promise<void>)[] = [
    async () => undefined,
    () => rm(checkpoint),
    () => writeFile(checkpoint, saved.replace("phone", "other")),
    () => writeFile(checkpoint, "{}"),
  ];
  for (const [index, prepare] of variants.entries()) {
    await prepare();
    const next = await start(2 + index);
    expect(await send(next, [0, 4, 9, 10 + index])).toMatchObject({ duplicates: 3 });
    await next.close();
  }
  expect(await stored()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
});

test("a checkpoint that is ahead of its log is not believed", async () => {
  const first = await start(1);
  await send(first, [1]);
  await first.close();
  const old = await readFile(join(folder, "log/00000001-00000001.log"));
  const second = await start(2);
  await send(second, [2]);
  await second.close();
  const third = await start(3);
  await third.close();
  // The log is restored from a backup of before seq 2, the checkpoint is not.
  for (const name of ["00000002-00000001.log", "00000003-00000001.log"]) await rm(join(folder, "log", name));
  await writeFile(join(folder, "log/00000001-00000001.log"), old);
  const fourth = await start(4);
  expect(await send(fourth, [1, 2])).toMatchObject({ duplicates: 1 });
  expect(await stored()).toEqual([1, 2]);
});

test("a port in use, a module without an app and an epoch that was used are told apart", async () => {
  const first = await start(1);
  const port = Number(new URL(first.address).port);
  await expect(start(2, { port })).rejects.toMatchObject({ name: "TidelineError", code: "PORT_IN_USE" });
  await writeFile(join(folder, "empty.mjs"), "export const other = 1;");
  await expect(start(3, { appModule: join(folder, "empty.mjs") })).rejects.toMatchObject({
    code: "CONFIG_MALFORMED",
  });
  await expect(start(4, { appModule: join(folder, "none.mjs") })).rejects.toMatchObject({
    code: "DATA_NOT_FOUND",
  });
  await expect(start(1)).rejects.toMatchObject({ code: "FENCED" });
});
