import { float32Values, type LoadedGraph } from "@tideline/graph";
import { createFramer } from "@tideline/spec";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUpLater, openPoseLake, peopleOf, relationOf } from "../dataset/testing/open-pose-lake.ts";
import { pose } from "../dataset/testing/pose-app.ts";
import {
  BEGIN,
  correct,
  poseLog,
  poseSamples,
  predict,
  subjectOf,
  type Pose,
} from "../dataset/testing/pose-log.ts";
import { named, study } from "../dataset/testing/pose-study.ts";
import { literal, type Snapshot } from "../lake/index.ts";
import { onnxruntimeNode } from "../runtime/index.ts";
import { featureGraph, modelGraph } from "../train/index.ts";
import { handFitted } from "../train/testing/hand-fitted.ts";
import { labelCoverage, liveQuality, selectLive, type LivePredictions } from "./live-quality.ts";
import { readLive } from "./read-live.ts";
import { measureSkew } from "./skew.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

let lake: Awaited<ReturnType<typeof openPoseLake>>;
let snapshot: Snapshot;
let live: LivePredictions;
const graphs = new Map<string, LoadedGraph>();

/** What a phone answers for each window of a session: the release's graph over the framer's windows. */
async function answers(release: string, session: string, label: Pose, seed: number) {
  const windows = createFramer(pose.window).push(0, poseSamples(label, { seed }));
  const values = new Float32Array(windows.length * 48);
  for (const [row, window] of windows.entries()) values.set(window.values, row * 48);
  const outputs = await graphs
    .get(release)!
    .run({ window: { dims: [windows.length, 16, 3], values } }, ["probabilities"]);
  return windows.map(({ start }, row) => {
    const probabilities = [...float32Values(outputs, "probabilities").subarray(2 * row, 2 * row + 2)];
    const answer = probabilities[0]! > probabilities[1]! ? "UP" : "DOWN";
    return predict(session, start, answer, { release, probabilities, latency_ms: 1 + row });
  });
}

const people = named("p", 3);

beforeAll(async () => {
  const { features } = featureGraph(pose);
  for (const [release, weight] of [
    ["first", 1],
    ["second", 3],
  ] as const) {
    const { bytes } = modelGraph(pose, handFitted(features, weight), {});
    graphs.set(release, await onnxruntimeNode.load(bytes));
  }
  onFinished(async () => {
    for (const graph of graphs.values()) await graph.release();
  });
  lake = await openPoseLake(onFinished);
  const log = poseLog();
  study(log, { people, cohort: "control", at: BEGIN, says: () => null });
  for (const [index, person] of people.entries()) {
    const release = index === 2 ? "second" : "first";
    const [up, down] = [`${person}-UP-0`, `${person}-DOWN-0`];
    const made = [
      ...(await answers(release, up, "UP", 1000 + 2 * index)),
      ...(await answers(release, down, "DOWN", 1001 + 2 * index)),
    ];
    log.send(person, BEGIN + 100_000, made, {});
  }
  // The model is right about p0; p1 says that two of its answers were wrong.
  log.send("p0", BEGIN + 101_000, [correct("p0-UP-0/0", "UP"), correct("p0-DOWN-0/0", "DOWN")]);
  log.send("p1", BEGIN + 104_000, [
    correct("p1-UP-0/0", "DOWN"),
    correct("p1-UP-0/8", "DOWN"),
    correct("p1-UP-0/16", "UP"),
  ]);
  // Nobody has enrolled this phone, and it answered by the rule, without probabilities.
  const { probabilities: _, ...bare } = predict("q", 0, "UP", { source: "rule", release: "none" }).properties;
  log.send("q", BEGIN + 100_000, [{ name: "prediction", properties: bare }]);
  snapshot = await lake.snapshot(log);
  live = await readLive(lake.engine, pose, await peopleOf(lake.engine, snapshot));
});

test("predictions come with their labels and how late they were", () => {
  expect(live.subject).toHaveLength(3 * 18 + 1);
  const rowOf = (session: string, start: number) =>
    live.session.findIndex((of, row) => of === session && live.start[row] === start);
  const labelled = rowOf("p1-UP-0", 8);
  expect(pose.labels[live.predicted[labelled]!]).toBe("UP");
  expect(pose.labels[live.actual[labelled]!]).toBe("DOWN");
  expect(live.delay[labelled]).toBe(4000);
  expect(live.latency[labelled]).toBe(2);
  const open = rowOf("p2-UP-0", 0);
  expect([live.actual[open], live.delay[open], live.release[open]]).toEqual([-1, Number.NaN, "second"]);
  const rule = live.subject.indexOf(subjectOf("q"));
  expect([live.role[rule], live.source[rule]]).toEqual(["unknown", "rule"]);
  expect(live.role.filter((role) => role === "control")).toHaveLength(54);
});

test("live quality and coverage are those of a count by hand", () => {
  const first = selectLive(live, (row) => live.release[row] === "first");
  // Right: p0's two and p1's third.
  expect(liveQuality(live, first, 2)).toMatchObject({
    predictions: 36,
    labelled: 5,
    people: 2,
    accuracy: 3 / 5,
  });
  expect(liveQuality(live, first, 2).p95Ms).toBe(9);
  expect(labelCoverage(live, first)).toEqual({ coverage: 5 / 36, medianDelay: 4000 });
});

test("phones and lake agree: the same framer, the same graph", async () => {
  const skew = await measureSkew(lake.engine, snapshot, pose, relationOf(snapshot), graphs);
  expect(skew.compared).toBe(54);
  expect(skew.maxDifference).toBeLessThan(1e-6);
  expect(skew.some).toEqual({ compared: 0, maxDifference: 0 });
});

/** The snapshot's relations with the probabilities of one prediction replaced. */
const tampered = (probabilities: string) => (table: string) =>
  table === "prediction"
    ? `(SELECT * REPLACE (CASE WHEN subject = ${literal(subjectOf("p1"))} AND session = 'p1-UP-0' AND start = 24
      THEN ${probabilities} ELSE probabilities END AS probabilities) FROM ${relationOf(snapshot)(table)})`
    : relationOf(snapshot)(table);

test("one perturbed probability among all is the largest difference, and NaN is not overlooked", async () => {
  const nudged = "[probabilities[1] - 0.125, probabilities[2]]::FLOAT[]";
  const skew = await measureSkew(lake.engine, snapshot, pose, tampered(nudged), graphs);
  // Phones that are measured apart have their own largest difference.
  for (const [install, apart] of [
    ["p1", skew.maxDifference],
    ["p2", 0],
  ] as const) {
    const { some } = await measureSkew(
      lake.engine,
      snapshot,
      pose,
      tampered(nudged),
      graphs,
      new Set([install]),
    );
    expect(some.compared).toBe(18);
    expect(some.maxDifference).toBeCloseTo(apart, 6);
  }
  expect(skew.compared).toBe(54);
  expect(skew.maxDifference).toBeCloseTo(0.125, 5);
  const broken = await measureSkew(
    lake.engine,
    snapshot,
    pose,
    tampered("['nan'::FLOAT, 0.5::FLOAT]"),
    graphs,
  );
  expect(broken.maxDifference).toBeNaN();
});

test("a prediction is held against its own release; one that is not at hand is left out", async () => {
  const only = new Map([["second", graphs.get("second")!]]);
  await expect(measureSkew(lake.engine, snapshot, pose, relationOf(snapshot), only)).resolves.toMatchObject({
    compared: 18,
  });
  const swapped = new Map([["second", graphs.get("first")!]]);
  const { maxDifference } = await measureSkew(lake.engine, snapshot, pose, relationOf(snapshot), swapped);
  expect(maxDifference).toBeGreaterThan(0.01);
});
