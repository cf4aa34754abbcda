import { driftReference, matrix, seededRandom } from "@tideline/learn";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUpLater, openPoseLake } from "../dataset/testing/open-pose-lake.ts";
import { pose } from "../dataset/testing/pose-app.ts";
import { named } from "../dataset/testing/pose-study.ts";
import { literal, type Engine } from "../lake/index.ts";
import { assess } from "./assess.ts";
import type { LivePredictions } from "./live-quality.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);
let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openPoseLake(onFinished));
});

const names = ["one", "two", "three", "four"];
const model = { ...pose, drift: { minPeople: 3, minRows: 20 } };

/** Rows of people: each class sits elsewhere, and everything is moved by a shift. */
function made(people: readonly string[], rows: number, shift: number, seed: number) {
  const random = seededRandom(seed);
  return people.flatMap((person) =>
    Array.from({ length: rows }, (_, row) => ({
      person,
      row,
      label: row % 2,
      features: names.map(() => (row % 2) * 2 + shift + random.normal()),
    })),
  );
}
type Made = ReturnType<typeof made>;

const taught = made(named("t", 8), 60, 0, 1);
const reference = driftReference({
  features: matrix(taught.length, 4, Float32Array.from(taught.flatMap(({ features }) => features))),
  classes: Int32Array.from(taught, ({ label }) => label),
  people: taught.map(({ person }) => person),
  names,
  classCount: 2,
});

/** Predictions for rows, a second apart. */
const predictions = (rows: Made, rest: Partial<LivePredictions> = {}): LivePredictions => ({
  subject: rows.map(({ person }) => person),
  role: rows.map(() => "control"),
  session: rows.map(() => "s"),
  start: Float64Array.from(rows, ({ row }) => row),
  release: rows.map(() => "r"),
  source: rows.map(() => "device"),
  time: Float64Array.from(rows, ({ row }) => 1000 * row),
  predicted: Int32Array.from(rows, ({ label }) => label),
  actual: new Int32Array(rows.length).fill(-1),
  delay: new Float64Array(rows.length),
  latency: new Float64Array(rows.length),
  ...rest,
});

/** The relation of windows of rows. */
const windowsOf = (rows: Made): string =>
  `(SELECT subject, session, start, features::FLOAT[] AS features FROM (VALUES ${rows
    .map(({ person, row, features }) => `(${literal(person)}, 's', ${row}::BIGINT, [${features.join(", ")}])`)
    .join(", ")}) w(subject, session, start, features))`;

const look = (rows: Made, rest: { live?: Partial<LivePredictions>; windows?: Made } = {}) =>
  assess(engine, model, predictions(rows, rest.live), {
    release: "r",
    reference,
    windows: windowsOf(rest.windows ?? rows),
  });

test("windows like those of training are stable, and the newest prediction is noted", async () => {
  const rows = made(named("c", 4), 30, 0, 2);
  const found = await look(rows);
  expect(found).toMatchObject({ verdict: "stable", people: 4, rows: 4 * 20, newest: 29_000 });
});

test("windows that moved have drifted, and the features say which", async () => {
  const found = await look(made(named("c", 4), 30, 3, 2));
  expect(found.verdict).toBe("drifted");
  expect(found.fraction).toBe(1);
  expect(found.features.every(({ drifted }) => drifted)).toBe(true);
});

test("only the newest rows of each person count", async () => {
  const old = made(named("c", 4), 40, 3, 3);
  const recent = made(named("c", 4), 20, 0, 4).map((row) => ({ ...row, row: row.row + 40 }));
  const found = await look([...old, ...recent]);
  expect(found).toMatchObject({ verdict: "stable", rows: 80, newest: 59_000 });
});

test("with too few people, or too few rows of them, nothing is said", async () => {
  await expect(look(made(named("c", 2), 30, 3, 2))).resolves.toMatchObject({ verdict: "waiting", people: 2 });
  await expect(look(made(named("c", 4), 17, 3, 2))).resolves.toMatchObject({ verdict: "waiting", people: 0 });
  await expect(look([], { windows: made(["c"], 1, 0, 2) })).resolves.toMatchObject({
    verdict: "waiting",
    newest: 0,
  });
});

test("other releases, other sources and windows that have not come yet are left out", async () => {
  const rows = made(named("c", 4), 30, 3, 2);
  const elsewhere = { live: { release: rows.map(() => "another") } };
  await expect(look(rows, elsewhere)).resolves.toMatchObject({ verdict: "waiting", people: 0 });
  const byRule = { live: { source: rows.map(() => "rule") } };
  await expect(look(rows, byRule)).resolves.toMatchObject({ verdict: "waiting", people: 0 });
  // Of the newest twenty windows of c0 two have not come: nine tenths are enough. Of c1 three.
  const come = rows.filter(
    ({ person, row }) => !(person === "c0" && row > 27) && !(person === "c1" && row > 26),
  );
  await expect(look(rows, { windows: come })).resolves.toMatchObject({
    verdict: "drifted",
    people: 3,
    rows: 18 + 40,
  });
});
