import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compact,
  countStoredDuplicates,
  loadApp,
  numbers,
  openCatalog,
  openEngine,
  ownFolder,
  readLogs,
  RECEIPT,
  tableSql,
  texts,
  writerEnds,
  type Snapshot,
} from "@tideline/pipeline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { batchBytes, EVENTS_PER_BATCH, startLoad, type Load } from "./ingest/load.ts";
import { post } from "./ingest/client.ts";
import { startRoundRobin, type RoundRobin } from "./ingest/round-robin.ts";
import { runWriter, type RunningWriter } from "./ingest/run-writer.ts";

/** Three processes behind a proxy; phones that repeat themselves; one process killed between fsync and answer. */
const [PHONES, BATCHES, SAMPLES] = [4, 25, 32];
const UNIQUE = PHONES * BATCHES * EVENTS_PER_BATCH;
const appModule = new URL("../examples/activity/app.ts", import.meta.url).pathname;

let folder: string;
let proxy: RoundRobin;
let load: Load | undefined;
const writers = new Map<string, RunningWriter>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-processes-"));
  proxy = await startRoundRobin();
});

afterEach(async () => {
  load?.stop();
  for (const writer of writers.values()) writer.kill();
  await Promise.all([...writers.values()].map(({ ended }) => ended));
  writers.clear();
  await proxy.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(name: string, env?: Readonly<Record<string, string>>): Promise<RunningWriter> {
  const writer = await runWriter(folder, name, env);
  writers.set(name, writer);
  proxy.set(name, writer.address);
  return writer;
}

/** Every identity in the lake, as `install/seq`, and every copy of one in the logs. */
async function identities(snapshot: Snapshot) {
  const engine = await openEngine({ temporary: join(folder, "temporary") });
  try {
    const tables = Object.keys(snapshot.manifest.tables).filter((name) => name !== RECEIPT);
    const rows = await engine.columns(
      tables
        .map((table) => `select install_id, seq::double as seq from ${tableSql(snapshot, table)}`)
        .join(" union all "),
    );
    const seq = numbers(rows, "seq");
    const stored = texts(rows, "install_id").map((install, row) => `${install}/${seq[row]}`);
    return { stored, doubled: await countStoredDuplicates(engine, snapshot) };
  } finally {
    await engine.close();
  }
}

/** What the logs hold: which writers hold each identity, and how many events came in all. */
async function readAll() {
  const holders = new Map<string, Set<string>>();
  let events = 0;
  for await (const { record, writer } of readLogs(
    folder,
    { log: null },
    { log: null, logs: await writerEnds(folder) },
  )) {
    for (const { seq } of [...record.events, ...record.quarantined]) {
      const identity = `${record.install}/${seq}`;
      holders.set(identity, (holders.get(identity) ?? new Set()).add(writer!));
    }
    events += record.events.length + record.quarantined.length + record.duplicates;
  }
  return { holders, events };
}

test("three processes behind a proxy, two copies in flight, one process killed: nothing lost, nothing doubled", async () => {
  // All at once, in a folder that nobody has made yet: one of them makes the keys of all.
  const [, doomed] = await Promise.all([
    start("a"),
    start("b", { TIDELINE_CRASH_AT: "ingest.before_respond:15" }),
    start("c"),
  ]);
  const { writeKey } = JSON.parse(await readFile(join(folder, "keys", "secret.json"), "utf8")) as {
    writeKey: string;
  };
  expect(await readdir(join(folder, "keys"))).toEqual(["secret.json"]);

  load = startLoad({
    phones: PHONES,
    batches: BATCHES,
    samples: SAMPLES,
    key: writeKey,
    address: () => proxy.address,
  });
  const owner = await ownFolder(folder, { command: "test" });
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  const app = await loadApp(appModule);
  const catchUp = async () => {
    const to = { log: null, logs: await writerEnds(folder) };
    return compact({
      owner,
      catalog,
      app,
      clock: Date.now,
      read: (log, logs) => readLogs(folder, { log, logs }, to),
    });
  };
  try {
    // The owner compacts while they write.
    await catchUp();
    expect(await doomed.ended).toMatchObject({ signal: "SIGKILL" });
    proxy.set("b", null);
    const meanwhile = await catchUp();
    await start("b");
    await load.done;
    expect(load.acknowledged.size).toBe(UNIQUE);

    // As after 30 days: the phones' storage was put back, and everything comes once more, wherever the turn is.
    const again = Array.from({ length: PHONES }, (_, phone) =>
      post(proxy.address, batchBytes(`phone-${phone}`, 1, SAMPLES), { key: writeKey }),
    );
    for (const response of await Promise.all(again)) expect(response.status).toBe(200);
    const ends = await Promise.all([...writers.values()].map((writer) => writer.stop()));
    expect(ends.map(({ status, errors }) => [status, errors.split("\n").length])).toEqual([
      [0, 2],
      [0, 2],
      [0, 2],
    ]);

    const { snapshot } = await catchUp();
    const { stored, doubled } = await identities(snapshot!);
    const { holders, events } = await readAll();
    const { counts } = snapshot!.manifest;
    expect([...proxy.served.values()].every((served) => served > 5)).toBe(true);
    expect(proxy.served.size).toBe(3);
    // The proof means something: many events stand in the logs of two processes.
    expect([...holders.values()].filter((names) => names.size > 1).length).toBeGreaterThan(
      EVENTS_PER_BATCH * 5,
    );
    expect(doubled).toBe(0);
    expect(stored).toHaveLength(UNIQUE);
    const found = new Set(stored);
    expect([...load.acknowledged].filter((identity) => !found.has(identity))).toEqual([]);
    expect(counts.events + counts.quarantined).toBe(UNIQUE);
    expect(counts.duplicates_received + counts.duplicates_dropped).toBe(events - UNIQUE);
    expect(Object.keys(snapshot!.manifest.logs!)).toEqual(["a", "b", "c"]);
    expect(meanwhile.records).toBeGreaterThan(0);
    expect(meanwhile.snapshot!.id).not.toBe(snapshot!.id);
    // The killed process came back as the next one of its name.
    expect(snapshot!.manifest.logs!["b"]!.epoch).toBe(2);
  } finally {
    await catalog.close();
    owner.release();
  }
});
