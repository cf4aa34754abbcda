import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Acknowledgement } from "@tideline/spec";
import { expect, onTestFinished, test } from "vitest";
import { erasedHash, folderLayout, makeFolder, subjectOn, writeErasedFile } from "../catalog/index.ts";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { listSegments } from "./log/segment.ts";
import { pseudonymiser } from "./pseudonym.ts";
import { startIngest } from "./start-ingest.ts";
import { collectLog } from "./testing/collect-log.ts";

/** A module without imports, as the app of these tests. */
const APP = `export const app = { name: "test", purposes: { analytics: "Count." }, views: [], models: [],
  events: { tap: { name: "tap", version: 1, purpose: "analytics", retain: "1d", fields: {}, previous: [] } } };`;

const KEY = new Uint8Array(32);

/** An ingest server over a new folder. */
async function open() {
  const folder = temporaryFolder(onTestFinished);
  await makeFolder(folder);
  const appModule = join(folder, "app.mjs");
  await writeFile(appModule, APP);
  let epoch = 0;
  const start = async () => {
    epoch += 1;
    const ingest = await startIngest({
      folder,
      epoch,
      appModule,
      port: 0,
      writeKeys: ["key"],
      pseudonymKey: KEY,
      clock: null,
    });
    let closed = false;
    const close = async (): Promise<void> => {
      if (!closed) await ingest.close();
      closed = true;
    };
    onTestFinished(close);
    return { ...ingest, close };
  };
  return { folder, start };
}

/** Sends events `[seq, user, time]` of an install. */
async function send(
  address: string,
  install: string,
  events: readonly (readonly [seq: number, user: string | null, time: number])[],
  rest: object = {},
): Promise<{ status: number; answer: Acknowledgement & { code?: string } }> {
  const response = await fetch(`${address}/v1/batch`, {
    method: "POST",
    headers: { authorization: "Bearer key" },
    body: JSON.stringify({
      format: 1,
      sdk: "t",
      install,
      epoch: 1,
      sent_at: Date.now(),
      events: events.map(([seq, user, time]) => ({
        seq,
        name: "tap",
        version: 1,
        time,
        user,
        consent: ["analytics"],
        properties: {},
      })),
      ...rest,
    }),
  });
  return { status: response.status, answer: (await response.json()) as Acknowledgement };
}

const left = (install: string, user: string, at: number, generation = 1) => ({
  generation,
  installs: [erasedHash("install", install)],
  subjects: [[erasedHash("subject", pseudonymiser(KEY)(user, "any")), at] as const],
});

test("of a person who has left one phone only, that phone's events from before are refused, the others' not", async () => {
  const { folder, start } = await open();
  const ingest = await start();
  const at = Date.now();
  const one = subjectOn("phone-one", pseudonymiser(KEY)("gone", "any"));
  const subjects = [[erasedHash("subject", one), at] as const];
  await writeErasedFile(folder, { generation: 1, installs: [], subjects });
  const refused = await send(ingest.address, "phone-one", [
    [1, "gone", at - 4000],
    [2, "gone", Date.now() + 1000],
  ]);
  expect(refused.answer.quarantined).toEqual([{ seq: 1, code: "SUBJECT_ERASED", field: "user" }]);
  const other = await send(ingest.address, "phone-other", [[1, "gone", at - 4000]]);
  expect(other.answer.quarantined).toEqual([]);
  await ingest.close();
});

test("of an install that has left nothing is kept, of a person that has left nothing from before", async () => {
  const { folder, start } = await open();
  const ingest = await start();
  const at = Date.now();
  await send(ingest.address, "phone-gone", [[1, null, at]]);
  await send(ingest.address, "phone-shared", [[1, "gone", at - 5000]]);
  await writeErasedFile(folder, left("phone-gone", "gone", at));
  const refused = await send(ingest.address, "phone-gone", [
    [1, null, at],
    [2, null, at + 60_000],
  ]);
  expect(refused.answer).toMatchObject({
    acknowledged: [[1, 2]],
    quarantined: [
      { seq: 1, code: "SUBJECT_ERASED", field: "install" },
      { seq: 2, code: "SUBJECT_ERASED", field: "install" },
    ],
  });
  const divided = await send(ingest.address, "phone-shared", [
    [2, "gone", at - 4000],
    [3, "stays", at - 4000],
    [4, "gone", Date.now() + 1000],
    [5, "gone", Number.NaN],
  ]);
  expect(divided.answer.acknowledged).toEqual([[2, 5]]);
  expect(divided.answer.quarantined).toEqual([
    { seq: 2, code: "SUBJECT_ERASED", field: "user" },
    { seq: 5, code: "SUBJECT_ERASED", field: "user" },
  ]);
  await ingest.close();
  expect(ingest.counts().quarantined).toEqual({ SUBJECT_ERASED: 4 });
  const records = (await collectLog(folder)).map(({ record }) => record);
  expect(records.map(({ install }) => install)).toEqual(["phone-gone", "phone-shared", "phone-shared"]);
  expect(records[2]!.events.map(({ seq }) => seq)).toEqual([3, 4]);
  expect(records[2]!.quarantined.map(({ content }) => content)).toEqual([null, null]);
});

test("an idle server begins a new segment when somebody leaves, and its checkpoint forgets them", async () => {
  const { folder, start } = await open();
  const ingest = await start();
  const { log } = folderLayout(folder);
  await send(ingest.address, "phone-gone", [[1, null, Date.now()]]);
  await send(ingest.address, "phone-stays", [[1, null, Date.now()]]);
  await writeErasedFile(folder, left("phone-gone", "gone", 0));
  await expect.poll(async () => (await listSegments(log)).length, { timeout: 5000 }).toBe(2);
  const checkpoint = () => readFile(join(log, "checkpoint.json"), "utf8");
  expect(await checkpoint()).toContain("phone-stays");
  expect(await checkpoint()).not.toContain("phone-gone");
  const { answer } = await send(ingest.address, "phone-stays", [[1, null, Date.now()]]);
  expect(answer.duplicates).toBe(1);
  await expect.poll(() => ingest.position().segment).toBe(2);
  await ingest.close();
  const again = await start();
  expect((await send(again.address, "phone-gone", [[7, null, 0]])).answer.quarantined).toHaveLength(1);
});

test("a ledger that cannot be read keeps phones waiting", async () => {
  const { folder, start } = await open();
  const ingest = await start();
  await writeFile(folderLayout(folder).erased, "broken");
  await expect(ingest.fatal).resolves.toMatchObject({ code: "UNAVAILABLE" });
  await expect(start()).rejects.toThrow("UNAVAILABLE");
});

test("the proof of a batch stands in its record, and a broken one holds up nothing", async () => {
  const { folder, start } = await open();
  const ingest = await start();
  const proof = "0123456789abcdef".repeat(4);
  await send(ingest.address, "phone", [[1, null, 1]], { proof });
  for (const [index, broken] of ["short", 7, null, {}].entries()) {
    const { status } = await send(ingest.address, "phone", [[2 + index, null, 1]], { proof: broken });
    expect(status).toBe(200);
  }
  await ingest.close();
  const records = (await collectLog(folder)).map(({ record }) => record.proof);
  expect(records).toEqual([proof, undefined, undefined, undefined, undefined]);
});
