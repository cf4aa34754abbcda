import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUpLater, openPoseLake, relationOf } from "../dataset/testing/open-pose-lake.ts";
import { pose } from "../dataset/testing/pose-app.ts";
import { annotate, BEGIN, correct, poseLog, predict, subjectOf } from "../dataset/testing/pose-log.ts";
import { named, study } from "../dataset/testing/pose-study.ts";
import { eventTables, literal } from "../lake/index.ts";
import { identityOf, UNLINKED, type Relation } from "../dataset/index.ts";
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
  buildTrainingSet(lake.engine, pose, {
    windows: rest.windows ?? windows,
    people: { relation: rest.relation ?? relation, identity: UNLINKED },
    events,
    names,
  });

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

/** Who became who, in this order. */
type Renames = readonly (readonly [from: string, to: string])[];

const identify = (links: Renames) =>
  identityOf(
    lake.engine,
    links.map(([from, to], known) => ({ from: subjectOf(from), to: subjectOf(to), known: BEGIN + known })),
    "made",
  );

/** A set by who was who, with some rows of a table besides. */
const buildLinked = async (
  links: Renames,
  more: { readonly table: string; readonly rows: string } | null = null,
): Promise<TrainingSet> => {
  const linked: Relation = (table) =>
    table === more?.table
      ? `(SELECT * FROM ${relation(table)} UNION ALL BY NAME ${more.rows})`
      : relation(table);
  const people = { relation: linked, identity: await identify(links) };
  return buildTrainingSet(lake.engine, pose, { windows, people, events, names });
};

/** An event of somebody, as another one of a table with something else in it. */
const likeNewest = (table: string, person: string, replace: string) => ({
  table,
  rows: `(SELECT * REPLACE (${literal(subjectOf(person))} AS subject, 'i2' AS install_id,
    time + INTERVAL 1 DAY AS time, known_time + INTERVAL 1 DAY AS known_time, ${replace})
    FROM ${relation(table)} WHERE subject = ${literal(subjectOf("a1"))} LIMIT 1)`,
});

test("rows of a person with two pseudonyms are one person's, and nothing else of them changes", async () => {
  const [alone, linked] = [
    await build(),
    await buildLinked([
      ["a0", "a1"],
      ["b0", "a2"],
    ]),
  ];
  const least = (...names: readonly string[]): string => names.map(subjectOf).sort()[0]!;
  expect(linked.subjects).toEqual(alone.subjects);
  expect(linked.features).toEqual(alone.features);
  expect([linked.y, linked.time, linked.known]).toEqual([alone.y, alone.time, alone.known]);
  expect(new Set(linked.people)).toEqual(new Set([least("a0", "a1"), least("a2", "b0")]));
  // Another split is another fit.
  expect(linked.key).not.toBe(alone.key);
  for (let seed = 0; seed < 20; seed += 1) {
    const { validationRows } = trainModel(linked, pose, { seed, recentSince: null });
    const held = new Set([...validationRows].map((row) => linked.subjects[row]));
    expect(held.has(subjectOf("a0"))).toBe(held.has(subjectOf("a1")));
  }
});

test("whoever withdrew under the new id leaves with the rows under the old one", async () => {
  const withdrawn = likeNewest("annotation", "new", "['other'] AS consent");
  const subjects = async (...links: Renames) => new Set((await buildLinked(links, withdrawn)).subjects);
  expect((await subjects()).has(subjectOf("a0"))).toBe(true);
  expect((await subjects(["a0", "new"])).has(subjectOf("a0"))).toBe(false);
  expect((await subjects(["a0", "new"])).has(subjectOf("a2"))).toBe(true);
});

test("whoever enrols in the control group under the new id teaches under none", async () => {
  const watched = likeNewest("enrolment", "new", "'control' AS cohort");
  const { subjects } = await buildLinked([["a0", "new"]], watched);
  expect(subjects).not.toContain(subjectOf("a0"));
  expect(subjects).toContain(subjectOf("a1"));
});

test("of several ids of a person any one withdraws, and any one is watched", async () => {
  const one: Renames = [
    ["a0", "a1"],
    ["a2", "a1"],
  ];
  const withdrawn = likeNewest("annotation", "a2", "['other'] AS consent");
  const watched = likeNewest("enrolment", "a2", "'control' AS cohort");
  const others = new Set([subjectOf("b0")]);
  for (const more of [withdrawn, watched]) {
    expect(new Set((await buildLinked(one, more)).subjects)).toEqual(others);
    expect((await buildLinked([], more)).subjects).toContain(subjectOf("a0"));
  }
});
