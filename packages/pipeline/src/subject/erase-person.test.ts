import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import {
  erasedHash,
  findRequest,
  listAlerts,
  listReleases,
  listRequests,
  listRuns,
  listSnapshots,
} from "../catalog/index.ts";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { subjectOf } from "../dataset/testing/pose-log.ts";
import type { DriftReference } from "@tideline/learn";
import type { ReleaseMetrics } from "../flow/index.ts";
import type { LoopContext } from "../flow/loop-context.ts";
import { cleanUpLater } from "../dataset/testing/open-pose-lake.ts";
import { CRASH_POINTS, type CrashPoint } from "../crash-point.ts";
import { latestSnapshot, readSnapshot, verifySnapshot } from "../lake/index.ts";
import { releasePorts } from "../release/index.ts";
import { verifyReceipt } from "./receipt.ts";
import { exportPerson } from "./export-person.ts";
import { findPerson } from "./find-person.ts";
import {
  CANARY,
  canaryRequest,
  fillCanaryFolder,
  FORMER,
  FORMER_SHARED,
  FRIEND,
  NAMELESS,
  NEEDLES,
  reopenLoop,
  SHARED,
  STRANGER,
} from "./testing/canary-folder.ts";
import { scanFolder } from "./testing/scan-folder.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

let filled: string;

beforeAll(async () => {
  filled = await fillCanaryFolder(onFinished);
});

/** Events of the person: ten of the study, and five under an id of before or on the phone that they share. */
const EVENTS = 15;

/** A copy of the filled folder. */
function copyOfFilled(): string {
  const folder = temporaryFolder(onTestFinished);
  cpSync(filled, folder, { recursive: true });
  return folder;
}

/** What derives from people: the histograms, the report and the lists of a release. */
async function derivedOf(folder: string, { catalog, artifacts }: LoopContext) {
  const [{ metrics }, run] = [(await listReleases(catalog))[0]!, (await listRuns(catalog))[0]!];
  const { driftReference, trainedOn, parityWindows } = metrics as ReleaseMetrics;
  const read = async (address: string): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode(await artifacts.read(address)));
  const reference = (await read(driftReference)) as DriftReference;
  const { report, people } = run.lineage as { report: string; people: string };
  const { validation } = (await read(report)) as { validation: { people: { group: string }[] } };
  return {
    trainedOn,
    reference,
    rows: reference.rows.reduce((sum, count) => sum + count, 0),
    judgedOn: validation.people.map(({ group }) => group),
    people: await read(people),
    hasWindows: existsSync(join(folder, parityWindows)),
    addresses: [driftReference, report, people],
  };
}

const UNNAMED_WINDOWS = "step/parity-cut-off.f32";

/** A copy of the filled folder from which the person was erased, and what stood there before. Tests only read it. */
async function eraseOnce() {
  const folder = temporaryFolder(onFinished);
  cpSync(filled, folder, { recursive: true });
  // Of a comparison of runtimes that failed, or was cut off before its release.
  writeFileSync(join(folder, UNNAMED_WINDOWS), new Float32Array(6));
  const loop = await reopenLoop(folder);
  onFinished(loop.close);
  const before = (await latestSnapshot(loop.context.catalog, folder))!;
  const derived = await derivedOf(folder, loop.context);
  const request = canaryRequest();
  await loop.ask(request);
  await loop.turn();
  return { folder, loop, before, derived, request };
}

let erased: Awaited<ReturnType<typeof eraseOnce>>;

beforeAll(async () => {
  erased = await eraseOnce();
});

test("the person stands everywhere before", async () => {
  const found = (await scanFolder(filled, NEEDLES)).join("\n");
  for (const place of [
    "log/00000001-00000001.log",
    "log/00000001-00000002.log",
    "lake/motion",
    "lake/quarantine",
  ])
    expect(found).toContain(`name in ${place}`);
  for (const place of ["step/", "artifact/", "catalog.db"]) expect(found).toContain(`pseudonym in ${place}`);
  expect(found).toContain("samples in log/");
  expect(found).toContain("refused in lake/");
});

test("an erased person is found nowhere, and everybody else is where they were", async () => {
  const { folder, loop, before, request } = erased;
  const { catalog, keys } = loop.context;
  await expect(findRequest(catalog, request.id)).resolves.toMatchObject({
    state: "done",
    install: null,
    subject: null,
    error: null,
  });
  expect(await scanFolder(folder, NEEDLES)).toEqual([]);
  expect(existsSync(join(folder, UNNAMED_WINDOWS))).toBe(false);

  const after = (await latestSnapshot(catalog, folder))!;
  await verifySnapshot(after);
  const rows = ({ manifest }: typeof after) =>
    Object.fromEntries(Object.entries(manifest.tables).map(([name, table]) => [name, table.rows]));
  // Nine people had as many rows each; the one who left had a refused event besides, and so has the stranger.
  expect(rows(before)).toMatchObject({ motion: 9 * 6, enrolment: 9, quarantine: 2 });
  expect(rows(after)).toMatchObject({ motion: 8 * 6, enrolment: 8, annotation: 8 * 2 + 3, quarantine: 1 });
  const others = ["friend-session", "friend-again", "stranger-session", "stranger-refused"];
  const stands = await scanFolder(folder, Object.fromEntries(others.map((text) => [text, text])));
  for (const text of others) {
    expect(stands).toContainEqual(expect.stringContaining(`${text} in log/`));
    expect(stands).toContainEqual(expect.stringContaining(`${text} in lake/`));
  }
  await expect(readSnapshot(folder, before.id)).rejects.toThrow("SNAPSHOT_ERASED");
  await expect(readSnapshot(folder, before.id)).rejects.toThrow(after.id);

  const { receipt } = (await findRequest(catalog, request.id))!;
  const told = await verifyReceipt(receipt!, [keys.root], releasePorts);
  expect(told).toMatchObject({
    kind: "erase",
    app: "pose",
    request: request.id,
    removed: {
      log: { segments: 2, events: EVENTS, quarantined: 1, names: 5 },
      tables: { motion: { rows: 6 } },
      names: 5,
    },
    // Followed on the person's own phone, and on the one that they share; not where others say so.
    aliases: { followed: 2, left: 2 },
    models: { policy: "keep", trained: [{ learned: "yes", releases: ["pose/stable/1"] }] },
  });
  expect(told.snapshot).not.toBeNull();
  expect(told.refused).toEqual(
    [
      { kind: "install", hash: erasedHash("install", CANARY) },
      ...[subjectOf(CANARY), NAMELESS, `${subjectOf(FORMER_SHARED)} on ${SHARED}`].map((name) => ({
        kind: "subject",
        hash: erasedHash("subject", name),
      })),
    ].sort((left, right) => (left.hash < right.hash ? -1 : 1)),
  );
});

test("histograms and raw windows of the person go, those of others stay", async () => {
  const { folder, loop, derived: before } = erased;
  const { artifacts } = loop.context;
  expect(before).toMatchObject({ reference: { people: 7 }, rows: 7 * 18, hasWindows: true });
  const after = await derivedOf(folder, loop.context);
  const others = (names: readonly string[]) => names.filter((name) => name !== subjectOf(CANARY));
  expect(after.trainedOn).toEqual(others(before.trainedOn));
  expect(after).toMatchObject({ reference: { people: 6 }, rows: 6 * 18, people: others(before.trainedOn) });
  expect(after.reference.counts).toHaveLength((before.reference.counts.length / 7) * 6);
  expect(after.judgedOn).toEqual(others(before.judgedOn));
  expect(after.hasWindows).toBe(!before.judgedOn.includes(subjectOf(CANARY)));
  for (const address of before.addresses.filter((each) => !after.addresses.includes(each)))
    await expect(artifacts.has(address)).resolves.toBe(false);
});

test("an export finds everything of the person under every id, and nobody else's pseudonym", async () => {
  const loop = await reopenLoop(copyOfFilled());
  onTestFinished(loop.close);
  const { catalog, artifacts, engine, layout, anonymous } = loop.context;
  const snapshot = await latestSnapshot(catalog, layout.root);
  const exported = async (subject: string): Promise<string> => {
    const source = { folder: layout.root, engine, snapshot, anonymous: anonymous! };
    const person = await findPerson(source, { kind: "user", subject }, "export");
    const lines: string[] = [];
    for await (const line of exportPerson({ ...source, catalog, artifacts, app: null, now: 0 }, person))
      lines.push(JSON.stringify(line));
    return lines.join("\n");
  };
  const strangers = [FRIEND, STRANGER].map(subjectOf);
  for (const name of [CANARY, FORMER]) {
    const text = await exported(subjectOf(name));
    for (const found of [`${FORMER}-session`, `${CANARY}-alias`, `${CANARY}-UP-0`, "canary-refused-content"])
      expect(text).toContain(found);
    for (const other of [...strangers, "friend-", "stranger-", "canary-nameless"])
      expect(text).not.toContain(other);
  }
  const text = await exported(subjectOf(CANARY));
  // An export of the earlier id reaches the phones that sent it.
  expect(await exported(subjectOf(FORMER))).not.toContain(FORMER_SHARED);
  expect(text).toContain(`${FORMER_SHARED}-session`);
  expect(text).toContain(`"previous_subject":"${subjectOf(FORMER)}"`);
  // Of the others' exports none names the person, whom both of them name.
  for (const name of [FRIEND, STRANGER]) {
    const others = await exported(subjectOf(name));
    expect(others).toContain(`${name}-session`);
    expect(others).toContain("withheld");
    for (const needle of ["pseudonym", "former", "name"] as const)
      expect(others.includes(NEEDLES[needle] as string)).toBe(false);
  }
});

/** By day an erasure is killed three times on its way; the nightly script kills one at each point there is. */
const KILLS: readonly (readonly CrashPoint[])[] =
  process.env["TIDELINE_KILLS"] === "all"
    ? CRASH_POINTS.filter((name) => name.startsWith("subject.")).map((name) => [name])
    : [["subject.segment.after_rename", "subject.lake.after_delete", "subject.derived.after_commit"]];

test.each(KILLS.map((points) => ({ points, names: points.join(", ") })))(
  "killed at $names, the next owner goes on each time, and the last has nothing to do",
  async ({ points }) => {
    const folder = copyOfFilled();
    const first = await reopenLoop(folder);
    const request = canaryRequest();
    await first.ask(request);
    await first.close();
    for (const point of points) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "testing/erase-process.ts"), folder], {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, TIDELINE_CRASH_AT: point },
      });
      const [, signal] = (await once(child, "exit")) as [number | null, string | null];
      expect(signal, point).toBe("SIGKILL");
    }

    const second = await reopenLoop(folder);
    onTestFinished(second.close);
    await second.turn();
    const { catalog, keys } = second.context;
    const { state, receipt } = (await findRequest(catalog, request.id))!;
    expect(state).toBe("done");
    const { removed } = await verifyReceipt(receipt!, [keys.root], releasePorts);
    expect(removed).toMatchObject({ log: { events: EVENTS }, tables: { motion: { rows: 6 } } });
    expect(await scanFolder(folder, NEEDLES)).toEqual([]);
    const snapshot = (await latestSnapshot(catalog, folder))!;
    await verifySnapshot(snapshot);
    expect(snapshot.manifest.tables["motion"]?.rows).toBe(8 * 6);
    const snapshots = await listSnapshots(catalog);
    await second.turn();
    await expect(listSnapshots(catalog)).resolves.toEqual(snapshots);
  },
);

test("a backup that is older than an erasure is brought up to it by the ledger that was kept beside", async () => {
  const [{ folder: live }, backup] = [erased, copyOfFilled()];
  cpSync(join(live, "erased.json"), join(backup, "erased.json"));
  const restored = await reopenLoop(backup);
  onTestFinished(restored.close);
  await restored.turn();
  expect(await scanFolder(backup, NEEDLES)).toEqual([]);
  const { catalog } = restored.context;
  const [request] = await listRequests(catalog);
  expect(request).toMatchObject({ id: expect.stringContaining("restored-"), state: "done" });
  expect((await latestSnapshot(catalog, backup))!.manifest.tables["motion"]?.rows).toBe(8 * 6);
  // Another start finds nothing to do.
  await restored.close();
  const again = await reopenLoop(backup);
  onTestFinished(again.close);
  await expect(listRequests(again.context.catalog)).resolves.toHaveLength(1);
});

test("where models are to be trained again, the next turn does, without the person", async () => {
  const folder = copyOfFilled();
  const loop = await reopenLoop(folder);
  onTestFinished(loop.close);
  const { catalog } = loop.context;
  await loop.ask(canaryRequest({ models: "retrain" }));
  await loop.turn();
  await expect(listAlerts(catalog)).resolves.toMatchObject([{ kind: "erasure", state: "handled" }]);
  const releases = await listReleases(catalog);
  expect(releases.map(({ status }) => status)).toEqual(["replaced", "offered"]);
  const people = ({ metrics }: (typeof releases)[number]) => (metrics as { trainedOn: string[] }).trainedOn;
  expect(releases.map((row) => people(row).length)).toEqual([6, 6]);
  expect(await scanFolder(folder, NEEDLES)).toEqual([]);
});
