import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@tideline/device";
import {
  compact,
  folderRegion,
  loadApp,
  openCatalog,
  ownFolder,
  readLogs,
  startIngest,
  writerEnds,
  type Ingest,
} from "@tideline/pipeline";
import type { Acknowledgement } from "@tideline/spec";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { scanFolder } from "../packages/pipeline/src/subject/testing/scan-folder.ts";
import { expectError, runCli } from "./cli/run-cli.ts";
import { batchOf, bytesOf, post, tapOf } from "./ingest/client.ts";
import { runWriter, type RunningWriter } from "./ingest/run-writer.ts";
import { recordTaps, regionPhone, type RegionPhone } from "./residency/region-phone.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-residency-"));
const appModule = new URL("../examples/activity/app.ts", import.meta.url).pathname;
const running = new Set<RunningWriter>();
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  for (const writer of running) writer.kill();
  await Promise.all([...running].map(({ ended }) => ended));
  running.clear();
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Starts `tideline ingest` with a region. */
async function start(folder: string, writer: string, flags: readonly string[]): Promise<RunningWriter> {
  const started = await runWriter(folder, writer, {}, flags);
  running.add(started);
  return started;
}

const keyOf = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, "keys", "secret.json"), "utf8")) as { writeKey: string }).writeKey;

/** Compacts what the processes of a folder took. */
async function compactFolder(folder: string, region: string): Promise<number> {
  const owner = await ownFolder(folder, { command: "test", region });
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  try {
    const to = { log: null, logs: await writerEnds(folder) };
    const read = (log: null | { epoch: number; segment: number; offset: number }) =>
      readLogs(folder, { log }, to);
    const app = await loadApp(appModule);
    const { snapshot } = await compact({ owner, catalog, app, clock: Date.now, read });
    return snapshot!.manifest.counts.events;
  } finally {
    await catalog.close();
    owner.release();
  }
}

test("two regions: nobody's bytes lie in the other one, and what went astray waits on its phone until it is sent right", async () => {
  const [eu, us] = [join(work, "eu"), join(work, "us")];
  const servers = {
    eu: await start(eu, "a", ["--region", "eu"]),
    us: await start(us, "a", ["--region", "US"]),
  };
  const [euKey, usKey] = [keyOf(eu), keyOf(us)];
  const people: readonly (readonly [RegionPhone, "eu" | "us"])[] = [
    [regionPhone("anna", "eu"), "eu"],
    [regionPhone("john", "us"), "us"],
  ];
  const installs: Record<string, string> = {};
  const installOf = (phone: RegionPhone, client: Client): void => {
    installs[`install of ${phone.user}`] = client.diagnostics().install;
  };
  for (const [phone, region] of people) {
    const client = await phone.open(servers[region].address, region === "eu" ? euKey : usKey);
    await recordTaps(client, phone.user, 3);
    expect(await client.flush()).toEqual({ acknowledged: 3, pending: 0, stopped: null });
    installOf(phone, client);
    await client.close();
  }

  // Bert of the eu is sent to the us, with a key that fits there.
  const bert = regionPhone("bert", "eu");
  const astray = await bert.open(servers.us.address, usKey);
  installOf(bert, astray);
  await recordTaps(astray, bert.user, 4);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    expect(await astray.flush()).toMatchObject({ acknowledged: 0, pending: 4 });
    const { events, uploads, lastError } = astray.diagnostics();
    expect(events).toMatchObject({ recorded: 4, pending: 4, dropped: 0 });
    expect(uploads.stopped).toBe(true);
    expect(lastError?.code).toBe("RESIDENCY_MISMATCH");
  }
  await astray.close();
  const client = await bert.open(servers.eu.address, euKey);
  expect(await client.flush()).toEqual({ acknowledged: 4, pending: 0, stopped: null });
  expect(client.diagnostics().install).toBe(installs["install of bert"]);
  await client.close();

  const ends = { eu: await servers.eu.stop(), us: await servers.us.stop() };
  expect(ends.us.counts).toMatchObject({ batches: 1, events: 3, misrouted: 2, quarantined: {} });
  expect(ends.eu.counts).toMatchObject({ batches: 2, events: 7, misrouted: 0, duplicates: 0 });
  expect(await compactFolder(eu, "eu")).toBe(7);
  expect(await compactFolder(us, "us")).toBe(3);

  const [anna, john] = people.map(([phone]) => phone.canaries);
  const needles = { ...anna, ...john, ...bert.canaries, ...installs };
  const here = (found: readonly string[]): string[] =>
    [...new Set(found.map((finding) => finding.split(" in ")[0]!))].sort();
  const of = (...users: string[]): string[] =>
    Object.keys(needles)
      .filter((name) => users.some((user) => name.endsWith(user)))
      .sort();
  expect(here(await scanFolder(eu, needles))).toEqual(of("anna", "bert"));
  expect(here(await scanFolder(us, needles))).toEqual(of("john"));
  for (const needle of Object.values({ ...anna, ...bert.canaries, ...installs })) {
    expect(ends.us.errors.includes(needle)).toBe(false);
    expect(ends.eu.errors.includes(needle)).toBe(false);
  }
}, 60_000);

describe("three processes of one folder", () => {
  test("have its region, whichever was first, and no other one may join", async () => {
    const folder = join(work, "three");
    // All at once in a folder that nobody has made: one decides, and who wants another region is turned away.
    const regions = ["eu", "us", "eu"];
    const outcomes = await Promise.allSettled(
      regions.map((region, at) => start(folder, `w${at}`, ["--region", region])),
    );
    const region = (await folderRegion(folder))!;
    expect(outcomes.map(({ status }) => status)).toEqual(
      regions.map((one) => (one === region ? "fulfilled" : "rejected")),
    );
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(String(outcome.reason)).toContain("[RESIDENCY_MISMATCH]");
    }
    // One that asks for none gets the folder's.
    await start(folder, "w9", []);
    const key = keyOf(folder);
    const other = region === "eu" ? "us" : "eu";
    for (const { address } of running) {
      const sent = { ...batchOf("phone", [tapOf(1)]), region: other };
      const refused = await post(address, bytesOf(sent), { key });
      expect(refused.status).toBe(421);
      const answer = (await refused.json()) as { code: string; message: string };
      expect(answer.code).toBe("RESIDENCY_MISMATCH");
      expect(answer.message).toContain(`region ${region}`);
    }
    const own = { ...batchOf("phone", [tapOf(1)]), region: region.toUpperCase() };
    expect((await post([...running][0]!.address, bytesOf(own), { key })).status).toBe(200);
  }, 60_000);
});

/** The server of a folder of a region, in this process. */
async function ingestOf(folder: string, region: string | null): Promise<Ingest> {
  const owner = await ownFolder(folder, { command: "test", region });
  const { epoch } = owner;
  const keys = { writeKeys: ["test-write-key"], pseudonymKey: new Uint8Array(32) };
  const ingest = await startIngest({ folder, epoch, appModule, port: 0, ...keys, clock: null });
  closing.push(async () => {
    await ingest.close();
    owner.release();
  });
  return ingest;
}

test("old phones, which know no regions, are taken by the server that they were pointed at; nonsense is of nowhere", async () => {
  const { address, counts } = await ingestOf(join(work, "old"), "eu");
  const send = (batch: unknown): Promise<Response> => post(address, bytesOf(batch));
  const old = await send(batchOf("old", [tapOf(1)]));
  expect(((await old.json()) as Acknowledgement).acknowledged).toEqual([[1, 1]]);
  expect((await send({ ...batchOf("null", [tapOf(1)]), region: null })).status).toBe(200);
  const nonsense = ["", "eu ", "EU\u0000", "ЕU", 1, true, ["eu"], { eu: "eu" }, "e".repeat(5000)];
  for (const region of nonsense) {
    // Refused as another region, not as malformed: a phone gives up what is malformed, and keeps this.
    expect((await send({ ...batchOf("odd", [tapOf(1)]), region })).status, JSON.stringify(region)).toBe(421);
  }
  expect((await send({ region: "us" })).status).toBe(421);
  const compat = join(import.meta.dirname, "..", "vectors", "compat", "v1", "batch.tlb");
  expect((await post(address, new Uint8Array(readFileSync(compat)))).status).toBe(200);
  // fetch asks once more over another connection when it is answered 421 (https://fetch.spec.whatwg.org/#http-network-fetch).
  await expect.poll(() => counts().misrouted).toBe(2 * (nonsense.length + 1));
  // A server that promises no region is not the one of a phone that asks for one.
  const plain = await ingestOf(join(work, "plain"), null);
  const sent = bytesOf({ ...batchOf("phone", [tapOf(1)]), region: "eu" });
  expect((await post(plain.address, sent)).status).toBe(421);
});

describe("the command line", () => {
  const declared = join(work, "declared.mjs");
  const here = (folder: string): string[] => ["--folder", join(work, folder), "--port", "0"];
  const options = (folder: string, ...more: string[]): string[] =>
    ["ingest", "--writer", "a"].concat(here(folder), more);

  test("takes the region of the definition, and refuses what contradicts it", async () => {
    writeFileSync(
      declared,
      `import { app as base } from ${JSON.stringify(appModule)};\nexport const app = { ...base, residency: "eu" };\n`,
    );
    const folder = join(work, "by-definition");
    const writer = await start(folder, "a", ["--app", declared]);
    expect(await folderRegion(folder)).toBe("eu");
    await writer.stop();
    const refused = await Promise.all([
      runCli(options("by-definition", "--app", declared, "--region", "us"), work),
      runCli(options("by-definition", "--region", "us"), work),
      runCli(options("by-definition", "--region", "e u"), work),
      runCli(["serve", "--folder", folder, "--port", "0", "--region", "us"], work),
    ]);
    expectError(refused[0], "RESIDENCY_MISMATCH", /declares/);
    expectError(refused[1], "RESIDENCY_MISMATCH", /expected region us, received region eu/);
    expectError(refused[2], "ARGUMENT_INVALID", /--region/);
    expectError(refused[3], "RESIDENCY_MISMATCH", /expected region us, received region eu/);
  }, 60_000);

  test("an export says where it comes from, and goes to no place of another region", async () => {
    const folder = join(work, "export");
    const writer = await start(folder, "a", ["--region", "eu"]);
    await post(writer.address, bytesOf(batchOf("phone", [tapOf(1)])), { key: keyOf(folder) });
    await writer.stop();
    await compactFolder(folder, "eu");
    const us = join(work, "export-us");
    (await ownFolder(us, { command: "test", region: "us" })).release();
    const command = (out: string): string[] =>
      ["subject", "--folder", folder, "export", "person-1"].concat("--out", out);
    expectError(
      await runCli(command(join(us, "person.ndjson")), work),
      "RESIDENCY_MISMATCH",
      /expected region eu, received region us/,
    );
    const out = join(work, "person.ndjson");
    expect((await runCli(command(out), work)).status).toBe(0);
    const [header] = readFileSync(out, "utf8").split("\n");
    expect(JSON.parse(header!)).toMatchObject({ kind: "header", region: "eu" });
  }, 60_000);
});
