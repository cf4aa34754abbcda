import { expect, onTestFinished, test } from "vitest";
import { listAlerts, recordAlert, setAlertState } from "./alert.ts";
import { listAssessments, recordAssessment } from "./assessment.ts";
import type { Catalog } from "./catalog.ts";
import { commit, openCatalog } from "./catalog.ts";
import { listEvaluations, recordEvaluation } from "./evaluation.ts";
import { findFlow, listFlows, listFlowSteps, recordFlow, recordFlowStep } from "./flow.ts";
import { ownFolder } from "./owner.ts";
import { latestRelease, listReleases, recordRelease } from "./release.ts";
import type { RunRow } from "./run.ts";
import { findRun, listRuns, recordRun, updateRun } from "./run.ts";
import type { SnapshotRow } from "./snapshot-row.ts";
import { latestSnapshotRow, listSnapshots, recordSnapshot, supersedeSnapshot } from "./snapshot-row.ts";
import { findCachedStep, recordCachedStep } from "./step-cache.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

async function newFolder(): Promise<string> {
  const folder = temporaryFolder(onTestFinished);
  const owner = await ownFolder(folder, { command: "test" });
  onTestFinished(() => owner.release());
  return folder;
}

async function open(folder: string, epoch?: number): Promise<Catalog> {
  const catalog = await openCatalog(folder, epoch === undefined ? {} : { epoch });
  onTestFinished(() => catalog.close());
  return catalog;
}

const RUN: RunRow = {
  id: "r1",
  model: "activity",
  snapshot: "s1",
  definition: "d1",
  seed: 7,
  status: "running",
  created_at: 1,
  finished_at: null,
  parameters: { C: [0.1, 1] },
  metrics: {},
  lineage: { snapshot: "s1" },
  artifact: null,
};

const snapshot = (id: string, parent: string | null): SnapshotRow => ({
  id,
  parent,
  created_at: 5,
  log_position: { epoch: 1, segment: 2, offset: 3 },
  rows: 1,
  files: 1,
  bytes: 1,
  superseded_by: null,
});

test("runs come back as they were recorded", async () => {
  const catalog = await open(await newFolder(), 1);
  await commit(catalog, (writer) => recordRun(writer, RUN));
  await commit(catalog, (writer) => recordRun(writer, { ...RUN, id: "r2", model: "gait", created_at: 0 }));
  await commit(catalog, (writer) =>
    updateRun(writer, "r1", { status: "finished", metrics: { accuracy: 0.95 } }),
  );
  await expect(findRun(catalog, "r1")).resolves.toEqual({
    ...RUN,
    status: "finished",
    metrics: { accuracy: 0.95 },
  });
  expect((await listRuns(catalog)).map(({ id }) => id)).toEqual(["r2", "r1"]);
  expect((await listRuns(catalog, "activity")).map(({ id }) => id)).toEqual(["r1"]);
  await expect(findRun(catalog, "r3")).resolves.toBeUndefined();
});

test("a newer release replaces the one that was offered", async () => {
  const catalog = await open(await newFolder(), 1);
  const envelope = { payloadType: "t", payload: "cA==", signatures: [{ keyid: "k", sig: "c2ln" }] };
  const release = {
    run: "r1",
    issued_at: 1,
    expires_at: 2,
    status: "offered",
    envelope,
    metrics: { bytes: 9 },
  } as const;
  for (const [version, channel] of [
    [1, "stable"],
    [1, "beta"],
    [2, "stable"],
  ] as const) {
    await commit(catalog, (writer) =>
      recordRelease(writer, { ...release, channel, version, id: `m${version}` }),
    );
  }
  expect((await listReleases(catalog, "stable")).map(({ status }) => status)).toEqual([
    "replaced",
    "offered",
  ]);
  await expect(latestRelease(catalog, "stable")).resolves.toEqual({
    ...release,
    channel: "stable",
    version: 2,
    id: "m2",
  });
  await expect(latestRelease(catalog, "beta")).resolves.toMatchObject({ status: "offered" });
  await expect(
    commit(catalog, (writer) =>
      recordRelease(writer, { ...release, channel: "stable", version: 2, id: "other" }),
    ),
  ).rejects.toThrow(/UNIQUE/);
  // The failed transaction left nothing behind.
  await expect(latestRelease(catalog, "stable")).resolves.toMatchObject({ id: "m2", status: "offered" });
});

test("alerts, looks at held-out people, drift points and cached steps are kept once", async () => {
  const catalog = await open(await newFolder(), 1);
  const alert = {
    id: "a",
    kind: "drift",
    model: "activity",
    release: "m1",
    created_at: 1,
    detail: { psi: 0.4 },
    state: "open",
  } as const;
  const look = {
    id: "e",
    at: 1,
    subject_set: "test",
    people: 9,
    model: "activity",
    release: null,
    run: "r1",
    reason: "release",
    metrics: { accuracy: 0.95 },
  };
  const point = { id: "p", at: 1, model: "activity", release: "m1", verdict: "quiet", detail: null };
  const step = { key: "k", name: "windows", output: { rows: 3 }, log: { rowsIn: 4 }, created_at: 1 };
  const news: boolean[] = [];
  for (let time = 0; time < 2; time += 1) {
    await commit(catalog, async (writer) => {
      news.push(await recordAlert(writer, alert));
      await recordEvaluation(writer, look);
      await recordAssessment(writer, point);
      await recordCachedStep(writer, { ...step, created_at: time });
    });
  }
  expect(news).toEqual([true, false]);
  await expect(listAlerts(catalog, "open")).resolves.toEqual([alert]);
  await commit(catalog, (writer) => setAlertState(writer, "a", "handled"));
  await expect(listAlerts(catalog, "open")).resolves.toEqual([]);
  await expect(listEvaluations(catalog, "test")).resolves.toEqual([look]);
  await expect(listAssessments(catalog, { release: "m1" })).resolves.toEqual([point]);
  await expect(findCachedStep(catalog, "k")).resolves.toEqual({ ...step, created_at: 0 });
});

test("a flow and its steps are replaced whole", async () => {
  const catalog = await open(await newFolder(), 1);
  const flow = {
    id: "f",
    name: "retrain",
    input: { alert: "a" },
    status: "running",
    created_at: 1,
    finished_at: null,
  } as const;
  const step = {
    flow: "f",
    name: "train",
    status: "running",
    attempts: 1,
    input_hash: "h",
    output: null,
    started_at: 2,
    finished_at: null,
    error: null,
  } as const;
  await commit(catalog, async (writer) => {
    await recordFlow(writer, flow);
    await recordFlowStep(writer, step);
    await recordFlowStep(writer, { ...step, name: "compact", started_at: 1 });
    await recordFlowStep(writer, { ...step, status: "finished", attempts: 2, output: [1, "two"] });
  });
  await expect(findFlow(catalog, "f")).resolves.toEqual(flow);
  await expect(listFlows(catalog, "finished")).resolves.toEqual([]);
  expect(
    (await listFlowSteps(catalog, "f")).map(({ name, attempts, output }) => [name, attempts, output]),
  ).toEqual([
    ["compact", 1, null],
    ["train", 2, [1, "two"]],
  ]);
});

test("snapshots are a line: none is added beside the newest", async () => {
  const catalog = await open(await newFolder(), 1);
  await expect(latestSnapshotRow(catalog)).resolves.toBeUndefined();
  await commit(catalog, (writer) => recordSnapshot(writer, snapshot("s1", null)));
  await commit(catalog, (writer) => recordSnapshot(writer, snapshot("s2", "s1")));
  await expect(commit(catalog, (writer) => recordSnapshot(writer, snapshot("s3", "s1")))).rejects.toThrow(
    "[FENCED]",
  );
  await expect(commit(catalog, (writer) => recordSnapshot(writer, snapshot("s3", null)))).rejects.toThrow(
    "[FENCED]",
  );
  await expect(latestSnapshotRow(catalog)).resolves.toEqual(snapshot("s2", "s1"));
  await commit(catalog, (writer) => supersedeSnapshot(writer, "s1", "s2"));
  expect((await listSnapshots(catalog)).map(({ id, superseded_by }) => [id, superseded_by])).toEqual([
    ["s1", "s2"],
    ["s2", null],
  ]);
});

test("an owner that was replaced can commit nothing more, and a reader never can", async () => {
  const folder = await newFolder();
  const old = await open(folder, 1);
  await commit(old, (writer) => recordRun(writer, RUN));
  const next = await open(folder, 2);
  await expect(commit(old, (writer) => recordRun(writer, { ...RUN, id: "r2" }))).rejects.toThrow("[FENCED]");
  await expect(openCatalog(folder, { epoch: 1 })).rejects.toThrow("[FENCED]");
  await commit(next, (writer) => recordRun(writer, { ...RUN, id: "r3" }));
  const reader = await open(folder);
  expect((await listRuns(reader)).map(({ id }) => id)).toEqual(["r1", "r3"]);
  await expect(commit(reader, (writer) => recordRun(writer, RUN))).rejects.toThrow("[FENCED]");
});

test("two connections that read and then write wait for each other", async () => {
  const folder = await newFolder();
  const catalogs = [await open(folder, 1), await open(folder, 1)];
  await commit(catalogs[0]!, (writer) => recordRun(writer, { ...RUN, seed: 0 }));
  // One connection blocks the thread while it waits, so that its turns must come one after the other here.
  for (let turn = 0; turn < 10; turn += 1) {
    await commit(catalogs[turn % 2]!, async (writer) => {
      const { seed } = (await findRun(writer, "r1"))!;
      await updateRun(writer, "r1", { seed: seed + 1 });
    });
  }
  await expect(findRun(catalogs[0]!, "r1")).resolves.toMatchObject({ seed: 10 });
});
