import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createFramer } from "@tideline/spec";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StepContext } from "../cached-step.ts";
import { cleanUpLater, openPoseLake } from "../dataset/testing/open-pose-lake.ts";
import { pose } from "../dataset/testing/pose-app.ts";
import { BEGIN, motionOf, motions, poseLog, poseSamples, subjectOf } from "../dataset/testing/pose-log.ts";
import { named, study } from "../dataset/testing/pose-study.ts";
import { lists, literal, numbers, subjectBucket, texts, type Snapshot } from "../lake/index.ts";
import { hashFile } from "../lake/lake-file.ts";
import { poseFeatureGraph } from "../train/testing/pose-feature-graph.ts";
import { recentWindows } from "./recent-windows.ts";
import { readWindows } from "./read-windows.ts";
import type { TrainingSet } from "./training-set.ts";
import { windowFeatures, windowRelation, type FeatureGraph } from "./window-features.ts";

type Step = Parameters<NonNullable<StepContext["onStep"]>>[0];

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);
const people = named("a", 5);
const log = poseLog();
study(log, { people, cohort: "study", at: BEGIN });
// Two of the five windows hold an acceleration whose square is beyond float32.
const wild = poseSamples("UP", { seed: 9, samples: 48 });
wild[0] = 3e38;
log.send("a0", BEGIN + 200_000, motionOf("wild", wild, BEGIN + 190_000, [20]));
log.send(
  "a1",
  BEGIN + 200_000,
  motionOf("holed", wild.slice(16), BEGIN + 190_000, [16, 20]).filter((_, part) => part !== 1),
);

let lake: Awaited<ReturnType<typeof openPoseLake>>;
let snapshot: Snapshot;
let graph: FeatureGraph;
let steps: Step[] = [];

/** The window files of a snapshot, and the steps that this took. */
async function features(of: Snapshot, rest: { fresh?: boolean; graph?: FeatureGraph } = {}) {
  const { engine, catalog, folder } = lake;
  const heard: Step[] = [];
  const context = {
    engine,
    catalog,
    folder,
    clock: () => 0,
    onStep: (step: Step) => void heard.push(step),
    ...rest,
  };
  const files = await windowFeatures(context, of, pose, rest.graph ?? graph);
  return { files, steps: heard };
}

const hashes = (files: readonly { path: string }[]) =>
  Promise.all(files.map(({ path }) => hashFile(join(lake.folder, path))));

beforeAll(async () => {
  lake = await openPoseLake(onFinished);
  graph = await poseFeatureGraph(onFinished);
  snapshot = await lake.snapshot(log);
  ({ steps } = await features(snapshot));
});

test("windows go through the graph once: the second call is answered from the cache", async () => {
  expect(steps.map(({ hit }) => hit)).toEqual(steps.map(() => false));
  const again = await features(snapshot);
  expect(again.steps).toEqual(steps.map((step) => ({ ...step, hit: true })));
  expect(again.files.map(({ path }) => path)).toEqual(steps.map(({ key }) => join("step", `${key}.parquet`)));
});

test("a file that is gone, or wanted afresh, is computed again to the same bytes; nothing half written stays", async () => {
  const { files } = await features(snapshot);
  const before = await hashes(files);
  await rm(join(lake.folder, files[0]!.path));
  const again = await features(snapshot);
  expect(again.steps.map(({ hit }) => hit)).toEqual(files.map((_, index) => index > 0));
  await expect(hashes(again.files)).resolves.toEqual(before);
  const fresh = await features(snapshot, { fresh: true });
  expect(fresh.steps.some(({ hit }) => hit)).toBe(false);
  await expect(hashes(fresh.files)).resolves.toEqual(before);
  expect((await readdir(join(lake.folder, "step"))).toSorted()).toEqual(
    files.map(({ path }) => path.slice("step/".length)).toSorted(),
  );
});

test("rows hold the features of the interpreter's windows, in order, and the ends of windows", async () => {
  const { files } = await features(snapshot);
  const columns = await lake.engine.columns(`SELECT subject, session, start::DOUBLE AS start,
  epoch_ms(time)::DOUBLE AS time, features FROM ${windowRelation(lake.folder, files)}
WHERE subject = ${literal(subjectOf("a2"))}`);
  // Sessions of a2: seeds 1004 and 1005, nine windows each, by name.
  expect(texts(columns, "session")).toEqual([
    ...Array.from({ length: 9 }, () => "a2-DOWN-0"),
    ...Array.from({ length: 9 }, () => "a2-UP-0"),
  ]);
  expect([...numbers(columns, "start")].slice(0, 9)).toEqual(
    Array.from({ length: 9 }, (_, index) => 8 * index),
  );
  expect(numbers(columns, "time")[9]).toBe(BEGIN + 16 * 20);
  const { values, offsets } = lists(columns, "features");
  expect(offsets[18]).toBe(18 * graph.names.length);
  const windows = createFramer(pose.window).push(0, poseSamples("DOWN", { seed: 1005 }));
  const at = (name: string) => graph.names.indexOf(name);
  for (const [row, window] of windows.entries()) {
    const mean = (channel: number) =>
      window.values.filter((_, index) => index % 3 === channel).reduce((a, b) => a + b) / 16;
    const features = values.subarray(row * graph.names.length, (row + 1) * graph.names.length);
    for (const [channel, name] of pose.window.channels.entries()) {
      expect(features[at(`${name}.mean`)]).toBeCloseTo(mean(channel), 5);
    }
  }
});

test("features that are not finite are left out and counted, as are gaps", async () => {
  const { files } = await features(snapshot);
  const stepOf = (person: string) =>
    steps.find((_, index) => bucketOf(index) === subjectBucket(subjectOf(person)))!;
  const buckets = [...new Set(people.map((person) => subjectBucket(subjectOf(person))))].toSorted(
    (a, b) => a - b,
  );
  const bucketOf = (index: number) => buckets[index];
  expect(stepOf("a0").reasons["feature_not_finite"]).toBe(5);
  expect(steps.reduce((sum, { reasons }) => sum + reasons["feature_not_finite"]!, 0)).toBe(5);
  expect(stepOf("a1").reasons["gap"]).toBe(1);
  expect(files.reduce((sum, { gaps }) => sum + gaps, 0)).toBe(1);
  // Five people with eighteen windows, none of "wild", and one on each side of the hole.
  expect(steps.reduce((sum, { rowsOut }) => sum + rowsOut, 0)).toBe(5 * 18 + 2);
  const columns = await lake.engine.columns(
    `SELECT session, start::DOUBLE AS start FROM ${windowRelation(lake.folder, files)} WHERE session IN ('wild', 'holed')`,
  );
  expect(texts(columns, "session")).toEqual(["holed", "holed"]);
  expect([...numbers(columns, "start")]).toEqual([0, 20]);
});

test("a new session is the only reason to compute a bucket again", async () => {
  log.send("a3", BEGIN + 900_000, motions("later", "UP", { at: BEGIN + 890_000, seed: 77 }));
  const next = await lake.snapshot(log);
  const again = await features(next);
  const bucket = subjectBucket(subjectOf("a3"));
  const buckets = [...new Set(people.map((person) => subjectBucket(subjectOf(person))))].toSorted(
    (a, b) => a - b,
  );
  expect(again.steps.map(({ hit }) => hit)).toEqual(buckets.map((of) => of !== bucket));
  const other = await features(next, { graph: { ...graph, runtime: "another" } });
  expect(other.steps.some(({ hit }) => hit)).toBe(false);
});

test("the windows of some sessions alone are those of the files", async () => {
  const rowsOf = async (relation: string) => {
    const columns = await lake.engine.columns(
      `SELECT subject, session, start::DOUBLE AS start, features FROM ${relation}
WHERE session IN ('a2-UP-0', 'a4-DOWN-0') ORDER BY ALL`,
    );
    return {
      keys: [texts(columns, "session"), [...numbers(columns, "start")]],
      values: [...lists(columns, "features").values],
    };
  };
  const { files } = await features(snapshot);
  const wanted = [
    { subject: subjectOf("a2"), session: "a2-UP-0" },
    { subject: subjectOf("a4"), session: "a4-DOWN-0" },
  ];
  for (const sessions of [wanted, wanted.toReversed()]) {
    const recent = await recentWindows(lake.engine, snapshot, pose, graph, sessions);
    const { rows } = await lake.engine.columns(`SELECT count(*)::DOUBLE AS rows FROM ${recent}`);
    expect([...(rows as Float64Array)]).toEqual([18]);
    const [found, stored] = [await rowsOf(recent), await rowsOf(windowRelation(lake.folder, files))];
    expect(found.keys).toEqual(stored.keys);
    // The runtime rounds the last digit of a row otherwise where it stands elsewhere in its batch.
    const differences = found.values.map((value, index) => Math.abs(value - stored.values[index]!));
    expect(Math.max(...differences)).toBeLessThan(1e-6);
  }
  const none = await recentWindows(lake.engine, snapshot, pose, graph, []);
  await expect(rowsOf(none)).resolves.toEqual({ keys: [[], []], values: [] });
});

test("no windows at all are an empty relation with its types", async () => {
  const columns = await lake.engine.columns(`SELECT * FROM ${windowRelation(lake.folder, [])}`);
  expect(texts(columns, "subject")).toEqual([]);
  expect(lists(columns, "features").values).toHaveLength(0);
  expect(numbers(columns, "start")).toHaveLength(0);
});

test("raw windows are read for the rows asked for, in the order asked", async () => {
  const wanted = [
    { person: "a4", session: "a4-UP-0", pose: "UP", seed: 1008, start: 16 },
    { person: "a0", session: "a0-DOWN-0", pose: "DOWN", seed: 1001, start: 64 },
    { person: "a4", session: "a4-UP-0", pose: "UP", seed: 1008, start: 0 },
  ] as const;
  const set = {
    subjects: wanted.map(({ person }) => subjectOf(person)),
    sessions: wanted.map(({ session }) => session),
    start: Float64Array.from(wanted, ({ start }) => start),
  } as unknown as TrainingSet;
  const rows = Int32Array.of(2, 0, 1);
  const values = await readWindows(lake.engine, snapshot, pose.window, set, rows);
  expect(values).toHaveLength(3 * 16 * 3);
  for (const [index, row] of rows.entries()) {
    const { pose: label, seed, start } = wanted[row]!;
    const windows = createFramer(pose.window).push(0, poseSamples(label, { seed }));
    expect(values.subarray(48 * index, 48 * (index + 1))).toEqual(
      windows.find((window) => window.start === start)!.values,
    );
  }
  await expect(readWindows(lake.engine, snapshot, pose.window, set, new Int32Array(0))).resolves.toHaveLength(
    0,
  );
  const absent = { ...set, start: Float64Array.of(16, 65, 0) };
  await expect(readWindows(lake.engine, snapshot, pose.window, absent, rows)).rejects.toThrow(
    /1 that are not there.*CHECK_FAILED/,
  );
});
