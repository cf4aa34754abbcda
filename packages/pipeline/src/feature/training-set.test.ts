import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUpLater, openPoseLake, relationOf } from "../dataset/testing/open-pose-lake.ts";
import { pose } from "../dataset/testing/pose-app.ts";
import { annotate, BEGIN, correct, poseLog, predict, subjectOf } from "../dataset/testing/pose-log.ts";
import { named, study } from "../dataset/testing/pose-study.ts";
import { eventTables } from "../lake/index.ts";
import type { Relation } from "../dataset/index.ts";
import { trainModel } from "../train/index.ts";
import { poseFeatureGraph } from "../train/testing/pose-feature-graph.ts";
import { buildTrainingSet, type TrainingSet } from "./training-set.ts";
import { windowFeatures, windowRelation } from "./window-features.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const log = poseLog();
study(log, { people: named("a", 3), cohort: "study", at: BEGIN });
study(log, { people: named("b", 1), cohort: "beta", at: BEGIN, says: () => null });
study(log, { people: named("c", 2), cohort: "control", at: BEGIN });
log.send("b0", BEGIN + 5_000_000, [predict("b0-UP-0", 24, "DOWN"), predict("b0-UP-0", 999, "DOWN")]);
log.send("b0", BEGIN + 6_000_000, [correct("b0-UP-0/24", "UP"), correct("b0-UP-0/999", "UP")]);

let lake: Awaited<ReturnType<typeof openPoseLake>>;
let windows: string;
let names: readonly string[];
let relation: Relation;
let events: readonly string[];

const build = (rest: { windows?: string; relation?: Relation } = {}): Promise<TrainingSet> =>
  buildTrainingSet(lake.engine, pose, { windows, relation, events, names, ...rest });

beforeAll(async () => {
  lake = await openPoseLake(onFinished);
  const graph = await poseFeatureGraph(onFinished);
  ({ names } = graph);
  const snapshot = await lake.snapshot(log);
  const { engine, catalog, folder } = lake;
  const files = await windowFeatures({ engine, catalog, folder, clock: () => 0 }, snapshot, pose, graph);
  windows = windowRelation(folder, files);
  relation = relationOf(snapshot);
  events = eventTables(snapshot);
});

test("every labelled window of people who teach, in order, and nobody of the control group", async () => {
  const set = await build();
  expect(set.y).toHaveLength(3 * 18 + 1);
  expect(set.features).toMatchObject({ rows: 55, columns: 6 });
  expect(new Set(set.people)).toEqual(new Set([...named("a", 3), "b0"].map(subjectOf)));
  const keys = set.people.map(
    (person, row) => `${person} ${set.sessions[row]!} ${String(set.start[row]!).padStart(4)}`,
  );
  expect(keys).toEqual(keys.toSorted());
  const only = set.people.indexOf(subjectOf("b0"));
  expect([set.sessions[only], set.start[only], set.y[only]]).toEqual(["b0-UP-0", 24, 0]);
  expect(set.known[only]).toBe(BEGIN + 6_000_000);
  expect(set.time[only]).toBe(BEGIN + 20 * (24 + 16));
  for (const [row, session] of set.sessions.entries())
    expect(pose.labels[set.y[row]!]).toBe(session.split("-")[1]);
});

test("the key names the content: the same rows have the same, another label or feature another one", async () => {
  const { key } = await build();
  expect((await build()).key).toBe(key);
  const flipped = await build({
    relation: (table) =>
      table === "annotation"
        ? `(SELECT * REPLACE (CASE WHEN session = 'a0-UP-0' THEN 'DOWN' ELSE pose END AS pose) FROM ${relation(table)})`
        : relation(table),
  });
  const nudged = await build({
    windows: `(SELECT * REPLACE (CASE WHEN session = 'a0-UP-0' AND start = 8
      THEN list_transform(features, (x, i) -> CASE WHEN i = 1 THEN (x + 1)::FLOAT ELSE x END) ELSE features END AS features) FROM ${windows})`,
  });
  expect(new Set([key, flipped.key, nudged.key]).size).toBe(3);
});

test("a label that the model does not know is refused by its row", async () => {
  const strange: Relation = (table) =>
    table === "annotation"
      ? `(SELECT * REPLACE ('SIDEWAYS' AS pose) FROM ${relation(table)})`
      : relation(table);
  await expect(build({ relation: strange })).rejects.toThrow(/label: expected one of UP, DOWN.*CHECK_FAILED/);
});

test("a window that stands there twice, and features that are not finite, are refused", async () => {
  const twice = `(SELECT * FROM ${windows} UNION ALL SELECT * FROM ${windows} WHERE session = 'a0-UP-0' AND start = 0)`;
  await expect(build({ windows: twice })).rejects.toThrow(/each window once.*CHECK_FAILED/);
  const infinite = `(SELECT * REPLACE (list_transform(features, x -> 'inf'::FLOAT) AS features) FROM ${windows})`;
  await expect(build({ windows: infinite })).rejects.toThrow(/finite numbers.*CHECK_FAILED/);
});

test("without a labelled window the set is empty, and training says that there is not enough", async () => {
  const set = await build({
    relation: (table) =>
      table === "enrolment" ? `(SELECT * FROM ${relation(table)} WHERE false)` : relation(table),
  });
  expect(set.y).toHaveLength(0);
  expect(() => trainModel(set, pose, { seed: 1, recentSince: null })).toThrow(
    /model "pose".*NOT_ENOUGH_DATA/,
  );
});

test("a session labelled by another person with the same name of it stays that person's", async () => {
  log.send("c0", BEGIN + 7_000_000, [annotate("a0-UP-0", "DOWN")]);
  const snapshot = await lake.snapshot(log);
  expect((await build({ relation: relationOf(snapshot) })).key).toBe((await build()).key);
});
