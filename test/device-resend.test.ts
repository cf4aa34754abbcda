import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client, NetworkRequest } from "@tideline/device";
import { ownFolder, readLog, startIngest, type Ingest } from "@tideline/pipeline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeCrypto } from "../apps/fleet/src/adapter/node-crypto.ts";
import { nodeNetwork, type NodeNetwork } from "../apps/fleet/src/adapter/node-network.ts";
import { app, createWorld, NOW, tap, type World } from "./device-fixture.ts";

const MONTH = 30 * 86_400_000;

let temporary: string;
let folder: string;
let network: NodeNetwork;
let ingest: Ingest;
let owner: Awaited<ReturnType<typeof ownFolder>>;
/** Identity of everything that `track` resolved for. */
let recorded: Set<string>;

/** A real server over the folder, as after a restart, whose clock shows `now`. */
async function serve(now: number): Promise<void> {
  owner = await ownFolder(folder, { command: "test" });
  ingest = await startIngest({
    folder,
    epoch: owner.epoch,
    appModule: join(temporary, "app.mjs"),
    port: 0,
    writeKeys: ["key"],
    pseudonymKey: new Uint8Array(32).fill(7),
    clock: { origin: now, wallOrigin: 0, speed: 0 },
  });
}

async function stop(): Promise<void> {
  await ingest.close();
  owner.release();
}

beforeEach(async () => {
  temporary = mkdtempSync(join(tmpdir(), "tideline-resend-"));
  folder = join(temporary, "server");
  writeFileSync(join(temporary, "app.mjs"), `export const app = ${JSON.stringify(app)};`);
  network = nodeNetwork();
  recorded = new Set();
  await serve(NOW);
});
afterEach(async () => {
  await stop();
  network.close();
  rmSync(temporary, { recursive: true });
});

/** A phone on a world's files; `loses` says of which of its batches the answer never arrives. */
async function phone(
  world: World,
  { now = NOW, instance = "instance-1", loses = (_batch: number): boolean => false } = {},
): Promise<Client> {
  let batches = 0;
  const request = async (sent: NetworkRequest) => {
    const answer = await network.request(sent);
    batches += 1;
    if (loses(batches)) throw new Error("connection reset");
    return answer;
  };
  const limits = { pendingAgeMs: 2 * MONTH, batchEvents: 3, attempts: 2, backoffMs: 0 };
  const client = await world.start(
    { collect: ingest.address, limits },
    { network: { request }, gzip: nodeCrypto.gzip, random: nodeCrypto.random, clock: () => now, instance },
  );
  await client.setConsent(["analytics"]);
  return client;
}

async function track(client: Client, ...targets: readonly string[]): Promise<void> {
  for (const target of targets) {
    const { install, epoch, seq } = (await client.track(tap, { target }))!;
    recorded.add(`${install}.${epoch}.${seq}`);
  }
}

/** Identities of all events in the log, doubled ones as often as they stand there. */
async function stored(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { record } of readLog(folder, null)) {
    found.push(...record.events.map(({ seq }) => `${record.install}.${record.epoch}.${seq}`));
  }
  return found.sort();
}

test("what is sent again after 30 days, over restarts of both sides, is stored once", async () => {
  const world = createWorld();
  const lossy = await phone(world, { loses: () => true });
  await track(lossy, "a", "b", "c", "d");
  // The server has the first batch; the phone does not know.
  expect(await lossy.flush()).toMatchObject({ acknowledged: 0, pending: 4 });
  expect(await stored()).toHaveLength(3);
  await stop();
  await serve(NOW + MONTH);
  const later = await phone(world, { now: NOW + MONTH });
  await track(later, "e");
  expect(await later.flush()).toMatchObject({ acknowledged: 5, pending: 0 });
  expect(later.diagnostics().uploads.duplicates).toBe(3);
  expect(await stored()).toEqual([...recorded].sort());
});

test.each([
  ["without the secret: each is an install of its own", false],
  ["with the secret: one install, each in an epoch of its own", true],
])("a phone and its clones, each with what waited at the copy, are stored once, %s", async (_, secret) => {
  const world = createWorld();
  const original = await phone(world);
  await track(original, "a", "b", "c", "d", "e");
  const copy = new Map(world.files);
  const secrets = new Map(world.secrets);
  await track(original, "own");
  const clients = [original];
  for (const instance of ["clone-1", "clone-2", "restored"]) {
    const twin = createWorld();
    for (const [name, bytes] of copy) twin.files.set(name, bytes);
    if (secret) for (const [name, bytes] of secrets) twin.secrets.set(name, bytes);
    const now = instance === "restored" ? NOW + MONTH : NOW;
    const client = await phone(twin, { instance, now, loses: (batch) => batch === 1 });
    await track(client, `own of ${instance}`);
    clients.push(client);
    await Promise.all(clients.map((one) => one.flush()));
  }
  for (const client of clients) expect(client.diagnostics().events).toMatchObject({ pending: 0, dropped: 0 });
  expect(await stored()).toEqual([...recorded].sort());
  const all = clients.map((client) => client.diagnostics());
  expect(new Set(all.map(({ install }) => install)).size).toBe(secret ? 1 : 4);
  expect(all.filter(({ epoch }) => epoch === 1)).toHaveLength(secret ? 1 : 4);
  // Whoever sent what, an install has one proof.
  const proofs = new Map<string, Set<string | undefined>>();
  for await (const { record } of readLog(folder, null)) {
    proofs.set(record.install, (proofs.get(record.install) ?? new Set()).add(record.proof));
  }
  expect([...proofs.values()].map((known) => [...known])).toEqual(
    Array.from({ length: secret ? 1 : 4 }, () => [expect.stringMatching(/^[0-9a-f]{64}$/)]),
  );
});
