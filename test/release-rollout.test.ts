import { createHash } from "node:crypto";
import { join } from "node:path";
import { graphBuilder, writeOnnx } from "@tideline/graph";
import {
  createConsole,
  createLoop,
  createShelf,
  listAlerts,
  listReleases,
  manifestOf,
  offer,
  rolloutStatus,
  openLoopContext,
  ownFolder,
  startIngest,
  latestSnapshot,
  type ReleaseRow,
  type RolloutAlertDetail,
} from "@tideline/pipeline";
import type { Client } from "@tideline/device";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../packages/pipeline/src/catalog/testing/temporary-folder.ts";
import { poseLog } from "../packages/pipeline/src/dataset/testing/pose-log.ts";
import { cleanUpLater } from "../packages/pipeline/src/dataset/testing/open-pose-lake.ts";
import { named, study } from "../packages/pipeline/src/dataset/testing/pose-study.ts";
import { progressBoard } from "../packages/pipeline/src/flow/progress.ts";
import { snapshotWindows } from "../packages/pipeline/src/flow/loop.ts";
import { trainRun } from "../packages/pipeline/src/flow/train-run.ts";
import { encodeLogRecord, openLog } from "../packages/pipeline/src/ingest/log/index.ts";
import { sampleLog } from "../packages/pipeline/src/lake/testing/sample-log.ts";
import { createPhone, type Fault, type Phone, type PhonePlace } from "./rollout/phone.ts";

const APP = join(import.meta.dirname, "rollout/app.ts");
const PHONES = 24;
/** The study was this long ago: within what the events are retained. */
const HOUR = 3_600_000;
const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

/** Another model of the same shape: what a retraining would bring. */
function nextGraph(): Uint8Array {
  const g = graphBuilder("next");
  const window = g.input("window", "float32", ["N", 16, 3]);
  const features = g.op("ReduceMean", [window, g.ints([1])], { keepdims: 0 });
  const scores = g.op("Gemm", [features, g.constant(Float32Array.of(1, -1, 2, -2, 3, -3), [3, 2])]);
  g.output("probabilities", g.op("Softmax", [scores], { axis: -1 }));
  g.output("features", features);
  return writeOnnx(g.build());
}

/** A folder with a study in its log, its ingest server, console and loop, and phones that reach them over HTTP. */
async function open() {
  const folder = temporaryFolder(onFinished);
  const before = await ownFolder(folder, { command: "test" });
  const durable = await openLog({ folder, epoch: before.epoch });
  const log = poseLog();
  study(log, { people: named("a", 6), cohort: "study", at: Date.now() - HOUR });
  for await (const { record, attachment } of sampleLog(log.records)(null)) {
    await durable.append(encodeLogRecord(record, attachment));
  }
  await durable.close();
  before.release();
  const owner = await ownFolder(folder, { command: "test" });
  onFinished(() => owner.release());
  const context = await openLoopContext(
    { folder, epoch: owner.epoch, appModule: APP, seed: 1 },
    { clock: Date.now },
  );
  onFinished(() => context.close());
  const ingest = await startIngest({
    folder,
    epoch: owner.epoch,
    appModule: APP,
    host: "127.0.0.1",
    port: 0,
    writeKeys: ["key"],
    pseudonymKey: new Uint8Array(32),
    clock: null,
  });
  onFinished(() => ingest.close());
  const console = createConsole({
    shelf: createShelf(context.keys.chain),
    artifacts: context.artifacts,
    authorise: { keys: ["key"] },
  });
  const address = await console.listen({ port: 0 });
  onFinished(() => console.close());
  let offered: Promise<void> = Promise.resolve();
  const publish = (row: ReleaseRow): void => {
    offered = offered.then(() => console.offer({ release: manifestOf(row), envelope: row.envelope }));
  };
  const alerts: string[] = [];
  const loop = createLoop(
    context,
    progressBoard(() => 0),
    {
      onRelease: publish,
      onAlert: ({ kind }) => void alerts.push(kind),
      onRejected: (why) => void alerts.push(why),
    },
  );
  const turn = async (): Promise<void> => {
    await loop.turn(ingest.position());
    await loop.settled();
    await offered;
  };
  const place: PhonePlace = {
    collect: ingest.address,
    console: address,
    writeKey: "key",
    root: context.keys.root,
  };
  return { context, publish, turn, alerts, place, settled: () => offered };
}

let server: Awaited<ReturnType<typeof open>>;
let phones: readonly Phone[];
let clients: Client[];
/** What is wrong with each phone and a model. */
let fault: (phone: number, model: string) => Fault = () => "none";
beforeAll(async () => {
  server = await open();
  phones = Array.from({ length: PHONES }, (_, at) =>
    createPhone(`phone ${at}`, server.place, (bytes) =>
      fault(at, createHash("sha256").update(bytes).digest("hex")),
    ),
  );
  for (const phone of phones) onFinished(() => phone.close());
  await server.turn();
  clients = await Promise.all(phones.map((phone) => phone.start()));
}, 60_000);

/** Every phone looks for a newer release and sends what it has to say. */
async function look(): Promise<Record<string, number>> {
  const results: Record<string, number> = {};
  for (const [at, client] of clients.entries()) {
    const { result, version } = await client.update().catch(() => ({ result: "died", version: 0 }));
    // The process is gone: the app starts again.
    if (client.diagnostics().releases["pose"]!.crashed.length > 0) clients[at] = await phones[at]!.start();
    await clients[at]!.flush();
    const key = `${result} ${version}`;
    results[key] = (results[key] ?? 0) + 1;
  }
  return results;
}

const versions = async () =>
  (await listReleases(server.context.catalog, server.context.channel)).map((row) => {
    const { kill, rollout, id } = manifestOf(row);
    return `${row.version} ${row.status} ${kill ? "kill" : (rollout?.share ?? 1)} ${id.slice(0, 4)}`;
  });

test("a release reaches half of the phones, then all; one that a bad runtime breaks is withdrawn by the loop", async () => {
  const { context, turn, publish, settled, alerts } = server;
  const [first] = await listReleases(context.catalog, context.channel);
  const good = first!.id.slice(0, 4);
  expect(await versions()).toEqual([`1 offered 0.5 ${good}`]);
  const begun = await look();
  const [taken, held] = [begun["activated 1"] ?? 0, begun["held-back 0"] ?? 0];
  expect(taken + held).toBe(PHONES);
  expect(Math.min(taken, held)).toBeGreaterThan(3);
  await turn();
  // Enough phones do well: the loop offers it to all.
  expect(await versions()).toEqual([`1 replaced 0.5 ${good}`, `2 offered 1 ${good}`]);
  expect(await look()).toEqual({ "activated 2": PHONES });
  await turn();
  expect(alerts).toEqual([]);
  const known = await latestSnapshot(context.catalog, context.folder);
  expect(await rolloutStatus(context, known)).toMatchObject({
    version: 2,
    share: 1,
    former: null,
    health: { phones: PHONES, failing: 0, heldBack: 0 },
  });

  // A retraining, whose model most runtimes of these phones break on: wrong answers, errors, the end of the process.
  const snapshot = (await latestSnapshot(context.catalog, context.folder))!;
  const windows = await snapshotWindows(context, snapshot);
  const request = { reason: "rerun", snapshot, windows, recentSince: null, champion: null } as const;
  const trained = await trainRun(context, request, null);
  const row = await offer(context, { ...trained, graph: nextGraph() }, snapshot);
  publish(row);
  await settled();
  const bad = manifestOf(row).variants.find(({ format }) => format === "table")!.sha256;
  fault = (phone, model) =>
    model !== bad || phone % 4 === 0 ? "none" : (["wrong", "throws", "fatal"] as const)[phone % 3]!;
  expect(manifestOf(row).rollout).toMatchObject({ share: 0.5 });
  const broken = await look();
  expect(broken["held-back 2"]).toBeGreaterThan(3);
  expect(broken["kept 2"]).toBeGreaterThan(3);
  await turn();
  const failing = (await listAlerts(context.catalog)).find(({ kind }) => kind === "rollout")!;
  expect(failing).toMatchObject({ release: row.id, state: "open" });
  const detail = failing.detail as RolloutAlertDetail;
  expect(detail).toMatchObject({ version: 3, answer: 4, killed: false });
  expect(detail.health!.failing).toBeGreaterThan(detail.health!.phones / 2);
  expect(detail.health!.heldBack).toBe(broken["held-back 2"]);
  expect(alerts).toEqual(["rollout"]);
  expect((await versions()).slice(2)).toEqual([
    `3 withdrawn 0.5 ${row.id.slice(0, 4)}`,
    `4 offered 1 ${good}`,
  ]);

  // Every phone is back on the model that works, those that took the bad one without trouble, too.
  expect(await look()).toEqual({ "activated 4": PHONES });
  for (const client of clients) {
    const window = new Float32Array(48);
    const { source, release } = await client.predict(window, { session: "s", start: 0 });
    expect([source, release]).toEqual(["device", first!.id]);
  }
  await turn();
  expect(alerts).toEqual(["rollout"]);
  expect(await versions()).toHaveLength(4);
}, 60_000);
