import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { DriftReference } from "@tideline/learn";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import {
  findRun,
  listEvaluations,
  listFlowSteps,
  listFlows,
  listReleases,
  listRuns,
  type RunRow,
} from "../catalog/index.ts";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { cleanUpLater } from "../dataset/testing/open-pose-lake.ts";
import { annotate, BEGIN, subjectOf } from "../dataset/testing/pose-log.ts";
import { named, sessionOf, study } from "../dataset/testing/pose-study.ts";
import type { Snapshot } from "../lake/index.ts";
import { asText } from "./artifact-text.ts";
import type { ReleaseMetrics } from "./offer.ts";
import { firstStudy } from "./testing/first-study.ts";
import { openPoseLoop } from "./testing/open-pose-loop.ts";
import { trainAndRelease, type TrainOutcome } from "./train-and-release.ts";
import type { RunMetrics } from "./train-run.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const HOUR = 3_600_000;
const people = named("a", 6);
const log = firstStudy();
let loop: Awaited<ReturnType<typeof openPoseLoop>>;
let snapshot: Snapshot;
let first: TrainOutcome;

const releases = () => listReleases(loop.catalog);
const metricsOf = (run: RunRow) => run.metrics as RunMetrics;
const faultOf = async (outcome: TrainOutcome) =>
  ((await findRun(loop.catalog, outcome.run.id))!.lineage as { fault: string | null }).fault;

beforeAll(async () => {
  loop = await openPoseLoop(onFinished);
  snapshot = await loop.snapshot(log);
  first = await trainAndRelease(loop.context, await loop.request(snapshot));
});

test("a model that passes its gates is released, signed, with what its monitors need", async () => {
  if (first.kind !== "released") throw new Error(first.reason);
  const { run, release } = first;
  expect(release).toMatchObject({
    channel: "pose/stable",
    version: 1,
    id: run.artifact,
    run: run.id,
    status: "offered",
  });
  await expect(releases()).resolves.toEqual([release]);
  await expect(listRuns(loop.catalog)).resolves.toEqual([run]);
  expect(run).toMatchObject({
    status: "finished",
    snapshot: snapshot.id,
    seed: 1,
    definition: loop.context.definition,
  });
  expect(metricsOf(run)).toMatchObject({ people: 6, rows: 6 * 18, championMacroF1: null });
  expect(metricsOf(run).macroF1).toBeGreaterThan(0.95);
  await expect(faultOf(first)).resolves.toBeNull();
  const metrics = release.metrics as ReleaseMetrics;
  expect(metrics.trainedOn).toEqual(people.map(subjectOf).toSorted());
  expect(metrics.parity).toBeLessThan(1e-5);
  // The graph of signals and a linear model fits a table, which is offered beside it.
  expect(metrics.tableParity).toBeLessThan(1e-5);
  expect(metrics.noTable).toBeUndefined();
  const reference = JSON.parse(
    asText(await loop.context.artifacts.read(metrics.driftReference)),
  ) as DriftReference;
  expect(reference).toMatchObject({ people: 6, classCount: 2, names: loop.context.graph.names });
  // Two validation people have thirty-six windows.
  expect((await stat(join(loop.folder, metrics.parityWindows))).size).toBe(36 * 16 * 3 * 4);
  await expect(loop.context.artifacts.has(release.id)).resolves.toBe(true);
  await expect(listEvaluations(loop.catalog, "validation")).resolves.toHaveLength(1);
});

test("the same request again releases nothing more", async () => {
  const again = await trainAndRelease(loop.context, await loop.request(snapshot));
  expect(again).toMatchObject({ kind: "released", release: (first as { release: unknown }).release });
  await expect(releases()).resolves.toHaveLength(1);
  await expect(listFlows(loop.catalog, "finished")).resolves.toHaveLength(1);
});

test("a challenger that is no better than the champion is rejected, and the run says why", async () => {
  if (first.kind !== "released") throw new Error(first.reason);
  study(log, { people, cohort: null, at: BEGIN + HOUR, seed: 50, round: 1 });
  const next = await loop.snapshot(log);
  const request = await loop.request(next, {
    reason: "drift",
    recentSince: BEGIN + HOUR,
    champion: first.release,
  });
  const outcome = await trainAndRelease(loop.context, request);
  expect(outcome).toMatchObject({
    kind: "rejected",
    reason: expect.stringMatching(/^the champion, release 1, is as good \(macro F1 \d\.\d{3}\)$/),
    run: {
      status: "rejected",
      snapshot: next.id,
      parameters: { reason: "drift", recentSince: BEGIN + HOUR },
    },
  });
  expect(metricsOf(outcome.run).championMacroF1).toBeGreaterThanOrEqual(metricsOf(outcome.run).macroF1);
  await expect(faultOf(outcome)).resolves.toBe((outcome as { reason: string }).reason);
  await expect(releases()).resolves.toHaveLength(1);
  expect(outcome.run.id).not.toBe(first.run.id);
  await expect(findRun(loop.catalog, first.run.id)).resolves.toMatchObject({ status: "finished" });
});

test("after a turn of the phones a challenger beats the champion and replaces it", async () => {
  if (first.kind !== "released") throw new Error(first.reason);
  study(log, { people, cohort: null, at: BEGIN + 2 * HOUR, seed: 90, round: 2, turned: true });
  const request = await loop.request(await loop.snapshot(log), {
    reason: "drift",
    recentSince: BEGIN + 2 * HOUR,
    champion: first.release,
  });
  const outcome = await trainAndRelease(loop.context, request);
  expect(outcome).toMatchObject({
    kind: "released",
    release: { version: 2, status: "offered" },
    run: { parameters: { recency: "recent" } },
  });
  expect(metricsOf(outcome.run).championMacroF1).toBeLessThan(0.2);
  expect((await releases()).map(({ version, status }) => [version, status])).toEqual([
    [1, "replaced"],
    [2, "offered"],
  ]);
});

test("a model below its gates is rejected", async () => {
  const strict = {
    ...loop.context,
    model: { ...loop.context.model, gates: { macroF1: 0, liftOverBaseline: 0.9 } },
    seed: 2,
  };
  await expect(trainAndRelease(strict, await loop.request(snapshot))).resolves.toMatchObject({
    kind: "rejected",
    reason: expect.stringMatching(/above the majority class; the gate asks for 0.9$/),
  });
  // Everybody takes back what they said: half of the answers mean nothing.
  for (const [index, person] of people.entries()) {
    for (const round of [0, 1, 2]) {
      const said = index % 2 === 0 ? "UP" : "DOWN";
      log.send(person, BEGIN + 3 * HOUR, [
        annotate(sessionOf(person, "UP", round), said),
        annotate(sessionOf(person, "DOWN", round), said),
      ]);
    }
  }
  const outcome = await trainAndRelease(loop.context, await loop.request(await loop.snapshot(log)));
  expect(outcome).toMatchObject({
    kind: "rejected",
    reason: expect.stringMatching(/^macro F1 0\.\d{3} on validation people is below the gate of 0\.8$/),
    run: { status: "rejected" },
  });
  await expect(faultOf(outcome)).resolves.toBe((outcome as { reason: string }).reason);
  await expect(releases()).resolves.toHaveLength(2);
});

test("an offer that fails fails the run and the flow; the next try trains nothing and releases", async () => {
  const alone = await openPoseLoop(onTestFinished);
  const request = await alone.request(await alone.snapshot(firstStudy()));
  const blocked = { ...alone.context, folder: join(alone.folder, "format") };
  await expect(trainAndRelease(blocked, request)).rejects.toThrow("ENOTDIR");
  await expect(listRuns(alone.catalog)).resolves.toMatchObject([{ status: "failed" }]);
  await expect(listFlows(alone.catalog)).resolves.toMatchObject([{ status: "failed" }]);
  const hits: [string, boolean][] = [];
  const heard = {
    ...alone.context,
    onStep: ({ name, hit }: { name: string; hit: boolean }) => void hits.push([name, hit]),
  };
  await expect(trainAndRelease(heard, request)).resolves.toMatchObject({
    kind: "released",
    release: { version: 1 },
  });
  expect(hits).toEqual([["fit", true]]);
  const [flow] = await listFlows(alone.catalog, "finished");
  await expect(listFlowSteps(alone.catalog, flow!.id)).resolves.toMatchObject([
    { name: "release", status: "finished", attempts: 2 },
  ]);
  await expect(listRuns(alone.catalog)).resolves.toMatchObject([{ status: "finished" }]);
});

test("killed between the release's commit and the step's, the same request does not release again", async () => {
  const folder = temporaryFolder(onTestFinished);
  const child = spawn(process.execPath, [join(import.meta.dirname, "testing/release-process.ts"), folder], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, TIDELINE_CRASH_AT: "flow.step.before_commit" },
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect(signal).toBe("SIGKILL");
  const again = await openPoseLoop(onTestFinished, { folder });
  const [stands] = await listReleases(again.catalog);
  expect(stands).toMatchObject({ version: 1 });
  await expect(listFlows(again.catalog)).resolves.toMatchObject([{ status: "running" }]);
  const outcome = await trainAndRelease(
    again.context,
    await again.request(await again.snapshot(firstStudy())),
  );
  expect(outcome).toMatchObject({ kind: "released", release: stands });
  await expect(listReleases(again.catalog)).resolves.toEqual([stands]);
  await expect(listFlows(again.catalog)).resolves.toMatchObject([{ status: "finished" }]);
});
