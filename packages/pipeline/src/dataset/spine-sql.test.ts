import { afterAll, beforeAll, expect, test } from "vitest";
import { eventTables, literal, numbers, tableSql, texts, type Snapshot } from "../lake/index.ts";
import { predictionLabelSql, predictionSql } from "./label-sql.ts";
import { personSql } from "./person-sql.ts";
import { spineSql } from "./spine-sql.ts";
import { cleanUpLater, openPoseLake, peopleOf, relationOf } from "./testing/open-pose-lake.ts";
import { pose, WITHIN } from "./testing/pose-app.ts";
import { annotate, BEGIN, correct, enrol, poseLog, predict, subjectOf } from "./testing/pose-log.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const log = poseLog();
/** Each person's windows are `<session>/0` and `<session>/8` of one session with the person's name. */
const people = new Map<string, string>();

/** A person in a cohort with a session of two windows. */
function person(
  name: string,
  cohort: string | null,
): (at: number, ...facts: readonly Parameters<typeof log.send>[2][number][]) => void {
  people.set(subjectOf(name), name);
  if (cohort !== null) log.send(name, BEGIN, [enrol(cohort)]);
  return (at, ...facts) => log.send(name, BEGIN + at, facts);
}

const teaches = person("teaches", "study");
teaches(1, annotate("teaches", "UP"));

const corrects = person("corrects", "beta");
corrects(1, annotate("corrects", "UP"), predict("corrects", 8, "UP"));
corrects(2, correct("corrects/8", "DOWN"));

const controlled = person("controlled", "control");
controlled(1, annotate("controlled", "UP"), predict("controlled", 8, "UP"));
controlled(2, correct("controlled/8", "DOWN"));

person("stranger", "tourist")(1, annotate("stranger", "UP"));
person("unknown", null)(1, annotate("unknown", "UP"));
person("silent", "study");

const left = person("left", "study");
left(1, annotate("left", "UP"));
left(2, enrol("control"));

const joined = person("joined", "beta");
// In one batch: what is known at once is ordered by its number.
joined(1, enrol("beta"), enrol("study"), annotate("joined", "DOWN"));

const escaped = person("escaped", "control");
escaped(1, enrol("study"), annotate("escaped", "DOWN"));

const changed = person("changed", "study");
changed(5, annotate("changed", "UP"), annotate("changed", "DOWN"));
changed(3, annotate("changed", "UP"));

const corrected = person("corrected", "study");
corrected(1, predict("corrected", 0, "UP"), predict("corrected", 8, "UP"));
corrected(2, correct("corrected/0", "UP"));
corrected(4, correct("corrected/0", "DOWN"), correct("corrected/8", "UP"));
corrected(3, correct("corrected/0", "UP"));

const envied = person("envied", "study");
envied(1, predict("envied", 0, "UP"));
const envious = person("envious", "study");
envious(2, correct("envied/0", "DOWN"));

const late = person("late", "study");
late(1, predict("late", 0, "UP"), predict("late", 8, "UP"));
late(1 + WITHIN, correct("late/0", "DOWN"));
late(2 + WITHIN, correct("late/8", "DOWN"));

const twice = person("twice", "study");
twice(
  1,
  predict("twice", 0, "UP"),
  predict("twice", 0, "DOWN"),
  predict("twice", 8, "UP", { model: "other" }),
);
twice(2, correct("twice/0", "DOWN"), correct("twice/8", "DOWN"));

// Two predictions of one window (a phone that began anew), corrected in one batch.
const again = person("again", "study");
again(1, predict("again", 0, "UP"), predict("again", 0, "UP", { prediction_id: "again/other" }));
again(2, correct("again/other", "DOWN"), correct("again/0", "UP"));

// Two phones of one person whose labels are known at once, with equal numbers: the answer may not be left to chance.
person("paired", null);
for (const [install, label] of [
  ["phone-b", "DOWN"],
  ["phone-a", "UP"],
] as const) {
  const events = [enrol(label === "UP" ? "beta" : "study"), annotate("paired", label)].map((fact, index) => ({
    ...fact,
    seq: index + 1,
    subject: subjectOf("paired"),
  }));
  log.send("paired", BEGIN, [], { install, events });
}

const withdrawn = person("withdrawn", "study");
withdrawn(1, annotate("withdrawn", "UP"));
withdrawn(5, { ...annotate("withdrawn", "UP"), consent: ["other"] });
// Comes last, and happened before the withdrawal.
withdrawn(9, { ...annotate("withdrawn", "UP"), time: BEGIN + 3 });

const returned = person("returned", "study");
returned(1, { ...annotate("returned", "UP"), consent: ["other"] });
returned(2, annotate("returned", "UP"));

let snapshot: Snapshot;
let lake: Awaited<ReturnType<typeof openPoseLake>>;
let spine: Map<string, { role: string; label: string; known: number; rows: number }>;

/** Two windows for everybody. */
const windows = `(SELECT subject, session, start, epoch_ms(${BEGIN} + 20 * start) AS time FROM (VALUES ${[
  ...people,
]
  .flatMap(([subject, name]) =>
    [0, 8].map((start) => `(${literal(subject)}, ${literal(name)}, ${start}::BIGINT)`),
  )
  .join(", ")}) w(subject, session, start))`;

beforeAll(async () => {
  lake = await openPoseLake(onFinished);
  snapshot = await lake.snapshot(log);
  const columns = await lake.engine.columns(`SELECT session || '/' || start AS id, role, label,
  epoch_ms(known_time)::DOUBLE - ${BEGIN} AS known FROM (${spineSql(pose, windows, await peopleOf(lake.engine, snapshot), eventTables(snapshot))})`);
  spine = new Map();
  for (const [row, id] of texts(columns, "id").entries()) {
    spine.set(id!, {
      role: texts(columns, "role")[row]!,
      label: texts(columns, "label")[row]!,
      known: numbers(columns, "known")[row]!,
      rows: (spine.get(id!)?.rows ?? 0) + 1,
    });
  }
});

/** Label of each window of a person. */
const labels = (name: string) => [0, 8].map((start) => spine.get(`${name}/${start}`)?.label ?? null);

test("a label of the session is that of each of its windows", () => {
  expect(spine.get("teaches/0")).toEqual({ role: "train", label: "UP", known: 1, rows: 1 });
  expect(labels("teaches")).toEqual(["UP", "UP"]);
  expect(labels("silent")).toEqual([null, null]);
});

test("a label of the prediction goes before that of the session, with the time at which it was known", () => {
  expect(spine.get("corrects/0")).toEqual({ role: "corrections", label: "UP", known: 1, rows: 1 });
  expect(spine.get("corrects/8")).toEqual({ role: "corrections", label: "DOWN", known: 2, rows: 1 });
});

test("people of the control group, of no known cohort and without enrolment have no row", () => {
  for (const name of ["controlled", "stranger", "unknown"]) expect(labels(name)).toEqual([null, null]);
});

test("the newest enrolment decides, but nobody leaves the control group", async () => {
  expect(labels("left")).toEqual([null, null]);
  expect(labels("joined")).toEqual(["DOWN", "DOWN"]);
  expect(labels("escaped")).toEqual([null, null]);
  const columns = await lake.engine.columns(personSql(pose.cohorts, await peopleOf(lake.engine, snapshot)));
  const roles = new Map(
    texts(columns, "subject").map((of, row) => [people.get(of!), texts(columns, "role")[row]]),
  );
  expect(roles.get("left")).toBe("control");
  expect(roles.get("joined")).toBe("train");
  expect(roles.get("escaped")).toBe("control");
  expect(roles.has("stranger") || roles.has("unknown")).toBe(false);
});

test("the newest label wins, as the server came to know it", () => {
  expect(labels("changed")).toEqual(["DOWN", "DOWN"]);
  expect(spine.get("changed/0")?.known).toBe(5);
  expect(labels("corrected")).toEqual(["DOWN", "UP"]);
});

test("a correction by another person does not count", () => {
  expect(labels("envied")).toEqual([null, null]);
  expect(labels("envious")).toEqual([null, null]);
});

test("a label counts up to the declared time after its prediction and not a millisecond longer", () => {
  expect(labels("late")).toEqual(["DOWN", null]);
});

test("a prediction that was reported twice counts once, and only those of the model", async () => {
  expect(labels("twice")).toEqual(["DOWN", null]);
  const who = `WHERE subject = ${literal(subjectOf("twice"))}`;
  const predictions = await lake.engine.columns(
    `SELECT label FROM (${predictionSql(pose, relationOf(snapshot))}) ${who}`,
  );
  expect(texts(predictions, "label")).toEqual(["UP"]);
  const given = await lake.engine.columns(
    `SELECT label FROM (${predictionLabelSql(pose, await peopleOf(lake.engine, snapshot))}) ${who}`,
  );
  expect(texts(given, "label")).toEqual(["DOWN"]);
  const stored = await lake.engine.columns(
    `SELECT seq::DOUBLE AS seq FROM ${tableSql(snapshot, "prediction")} ${who}`,
  );
  expect(numbers(stored, "seq")).toHaveLength(3);
});

test("of two predictions of one window the one corrected last decides, though both were known at once", () => {
  expect(spine.get("again/0")).toEqual({ role: "train", label: "UP", known: 2, rows: 1 });
});

test("what two phones of a person said at once is decided by their names", () => {
  expect(labels("paired")).toEqual(["DOWN", "DOWN"]);
});

test("whoever withdrew the model's purpose has no row at all, until it is granted again", () => {
  expect(labels("withdrawn")).toEqual([null, null]);
  expect(labels("returned")).toEqual(["UP", "UP"]);
});

test("every window is there once", () => {
  expect([...spine.values()].filter(({ rows }) => rows !== 1)).toEqual([]);
  expect(spine.size).toBe(2 + 2 + 2 + 2 + 2 + 1 + 1 + 1 + 2 + 2);
});
