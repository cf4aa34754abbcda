import { afterAll, beforeAll, expect, test } from "vitest";
import { UNLINKED, type Relation } from "../dataset/index.ts";
import { cleanUpLater, openPoseLake, relationOf } from "../dataset/testing/open-pose-lake.ts";
import { pose } from "../dataset/testing/pose-app.ts";
import { annotate, BEGIN, enrol, poseLog, subjectOf } from "../dataset/testing/pose-log.ts";
import { named } from "../dataset/testing/pose-study.ts";
import { eventTables, literal, type Engine } from "../lake/index.ts";
import { readiness } from "./readiness.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const HOUR = 3_600_000;
let engine: Engine;
const relations: Relation[] = [];
let events: readonly string[];

/** Of each person a session of each pose in the first hour and one in the third, of one window each. */
const windows = `(SELECT * FROM (VALUES ${[...named("a", 5), ...named("b", 5)]
  .flatMap((person) =>
    ["UP", "DOWN"].flatMap((label) =>
      [1, 3].map(
        (hour) =>
          `(${literal(subjectOf(person))}, '${person}-${label}-${hour}', 0::BIGINT, epoch_ms(${BEGIN + hour * HOUR}))`,
      ),
    ),
  )
  .join(", ")}) w(subject, session, start, time))`;

beforeAll(async () => {
  const lake = await openPoseLake(onFinished);
  ({ engine } = lake);
  const log = poseLog();
  for (const person of named("a", 5)) log.send(person, BEGIN, [enrol("study")]);
  for (const person of named("b", 5)) log.send(person, BEGIN, [enrol("beta")]);
  const say = async (hour: number, ...facts: readonly (readonly [string, string])[]) => {
    for (const [person, label] of facts) {
      log.send(person, BEGIN + hour * HOUR, [annotate(`${person}-${label}-${hour}`, label)]);
    }
    const snapshot = await lake.snapshot(log);
    events = eventTables(snapshot);
    relations.push(relationOf(snapshot));
  };
  // 0: three of the study have said UP, two DOWN, and everybody of the corrections both.
  await say(
    1,
    ["a0", "UP"],
    ["a1", "UP"],
    ["a2", "UP"],
    ["a0", "DOWN"],
    ["a1", "DOWN"],
    ...named("b", 5).flatMap(
      (person) =>
        [
          [person, "UP"],
          [person, "DOWN"],
        ] as const,
    ),
  );
  // 1: the third says DOWN too.
  await say(1, ["a2", "DOWN"]);
  // 2: later on, two.
  await say(3, ["a0", "UP"], ["a1", "UP"], ["a0", "DOWN"], ["a1", "DOWN"]);
  // 3: later on, three.
  await say(3, ["a2", "UP"], ["a2", "DOWN"]);
});

/** Asks as of some milliseconds after the newest label of an hour. */
const ask = (at: number, hour: number, since: number | null, later = pose.retrain.quiet) =>
  readiness(
    engine,
    pose,
    { windows, people: { relation: relations[at]!, identity: UNLINKED }, events },
    { since, now: BEGIN + hour * HOUR + later },
  );

test("every class must be labelled by the declared share of the people who teach, and nobody else", async () => {
  await expect(ask(0, 1, null)).resolves.toEqual({
    ready: false,
    reason: "waiting for labels of 3 people in every class (so far DOWN 2)",
  });
  await expect(ask(1, 1, null)).resolves.toEqual({
    ready: true,
    reason: "3 people or more have labelled every class",
  });
});

test("labels of before the moment do not count", async () => {
  const since = BEGIN + 2 * HOUR;
  await expect(ask(1, 3, since)).resolves.toMatchObject({
    ready: false,
    reason: expect.stringContaining("UP 0, DOWN 0"),
  });
  await expect(ask(2, 3, since)).resolves.toMatchObject({
    ready: false,
    reason: expect.stringContaining("UP 2, DOWN 2"),
  });
  await expect(ask(3, 3, since)).resolves.toMatchObject({ ready: true });
  // The window must be later, not only its label.
  await expect(ask(3, 3, BEGIN + 3 * HOUR)).resolves.toMatchObject({ ready: false });
});

test("training waits until labels have stopped coming for the declared time", async () => {
  await expect(ask(3, 3, null, pose.retrain.quiet - 1)).resolves.toEqual({
    ready: false,
    reason: "labels are still coming in",
  });
  await expect(ask(3, 3, null)).resolves.toMatchObject({ ready: true });
});

test("with nobody enrolled there is nothing to train on", async () => {
  const empty: Relation = (table) => `(SELECT * FROM ${relations[3]!(table)} WHERE false)`;
  const found = await readiness(
    engine,
    pose,
    { windows, people: { relation: empty, identity: UNLINKED }, events },
    { since: null, now: BEGIN + 9 * HOUR },
  );
  expect(found).toEqual({
    ready: false,
    reason: "waiting for labels of 2 people in every class (so far UP 0, DOWN 0)",
  });
});
