/**
 * Erases one of a thousand people from a folder of some hundred megabytes and says how long each step took; then kills an
 * erasure at each of its crash points and holds what is left, and what came meanwhile, against the canaries.
 *
 *     node scripts/nightly/subject.ts [--people 1000] [--frames 36] [--no-kills]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { app } from "@tideline/example-activity";
import { seededRandom } from "@tideline/learn";
import {
  commit,
  compact,
  encodeLogRecord,
  erasePerson,
  findRequest,
  flowId,
  latestSnapshot,
  listFlowSteps,
  openArtifacts,
  openCatalog,
  openKeys,
  openLog,
  ownFolder,
  pseudonymiser,
  readLog,
  recordRequest,
  runFlow,
  type SubjectRequestRow,
} from "@tideline/pipeline";
import { encodeSamples } from "@tideline/spec";
import type { LogEvent } from "../../packages/pipeline/src/log-record.ts";

const { values } = parseArgs({
  options: {
    people: { type: "string", default: "1000" },
    frames: { type: "string", default: "36" },
    "no-kills": { type: "boolean", default: false },
  },
});
const [people, frames] = [Number(values.people), Number(values.frames)];
const [SAMPLES, CHANNELS] = [128, 6];
const BEGIN = 1_700_000_000_000;
const root = new URL("../..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "tideline-subject-"));
const pseudonymise = pseudonymiser(new Uint8Array(32));

/** One batch of a person: a session of noise, which hardly shrinks, and taps. */
function batchOf(person: number): Uint8Array {
  const random = seededRandom(person + 1);
  const install = `phone-${person}`;
  const subject = pseudonymise(`person-${person}`, install);
  const event = (seq: number, name: string, properties: LogEvent["properties"]): LogEvent => ({
    seq,
    name,
    version: app.events[name]!.version,
    sent_version: app.events[name]!.version,
    time: BEGIN + seq,
    subject,
    key_id: null,
    consent: ["improve_product", "analytics"],
    properties,
  });
  const samples = Float32Array.from({ length: frames * SAMPLES * CHANNELS }, () => random.normal());
  const motions = Array.from({ length: frames }, (_, index) =>
    event(index, "motion", {
      session: `s${person}`,
      start: index * SAMPLES,
      samples: { offset: index * SAMPLES * CHANNELS * 4, samples: SAMPLES },
    }),
  );
  const taps = Array.from({ length: 20 }, (_, index) =>
    event(frames + index, "tap", { target: `t${index}`, screen: "home" }),
  );
  const record = {
    format: 1 as const,
    received_at: BEGIN + 10_000,
    install,
    epoch: 1,
    sdk: "nightly/1",
    sent_at: BEGIN + 10_000,
    events: [...motions, ...taps],
    quarantined: [],
    duplicates: 0,
  };
  return encodeLogRecord(record, encodeSamples(samples));
}

/** Megabytes below a folder. */
async function megabytes(below: string): Promise<string> {
  const entries = await readdir(below, { recursive: true, withFileTypes: true });
  const bytes = entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

try {
  const owner = await ownFolder(folder, { command: "nightly" });
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  const log = await openLog({ folder, epoch: owner.epoch });
  for (let person = 0; person < people; person += 1) await log.append(batchOf(person));
  await log.close();
  const turn = () =>
    compact({ owner, catalog, app, clock: Date.now, maxBytes: 32e6, read: (from) => readLog(folder, from) });
  for (let complete = false; !complete;) ({ complete } = await turn());
  const { log: logFolder, lake } = owner.layout;
  process.stdout.write(
    `${people} people: log ${await megabytes(logFolder)}, lake ${await megabytes(lake)}\n`,
  );

  const request: SubjectRequestRow = {
    id: "nightly",
    kind: "erase",
    install: null,
    subject: pseudonymise(`person-${Math.floor(people / 2)}`, ""),
    proof: null,
    models: "keep",
    state: "accepted",
    created_at: Date.now(),
    finished_at: null,
    error: null,
    receipt: null,
  };
  await commit(catalog, (writer) => recordRequest(writer, request));
  const context = {
    owner,
    catalog,
    artifacts: await openArtifacts(owner.layout.artifact),
    keys: await openKeys(join(folder, "keys"), { now: Date.now() }),
    app: app.name,
    clock: Date.now,
    anonymous: (install: string) => pseudonymise(null, install),
    isServed: false,
  };
  const flow = { name: "erase", input: { request: request.id } };
  const began = performance.now();
  await runFlow(context, flow, (step) => erasePerson(context, request, step));
  const seconds = (performance.now() - began) / 1000;
  for (const { name, started_at, finished_at } of await listFlowSteps(catalog, flowId(flow))) {
    process.stdout.write(`  ${name.padEnd(8)} ${(((finished_at ?? 0) - started_at) / 1000).toFixed(2)} s\n`);
  }
  process.stdout.write(`one of ${people} people erased in ${seconds.toFixed(2)} s\n`);
  const left = (await latestSnapshot(catalog, folder))!.manifest.tables["motion"]!.rows;
  const { state } = (await findRequest(catalog, request.id))!;
  if (state !== "done" || left !== (people - 1) * frames) {
    throw new Error(`expected ${(people - 1) * frames} frames and a request that is done; ${left}, ${state}`);
  }
  await catalog.close();
  owner.release();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

if (!values["no-kills"]) {
  const tests = ["erase-person", "erase-late"].map((name) => `packages/pipeline/src/subject/${name}.test.ts`);
  const { status } = spawnSync("vitest", ["run", ...tests], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, TIDELINE_KILLS: "all" },
  });
  process.exitCode = status ?? 1;
}
