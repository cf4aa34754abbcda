import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUpLater, openPoseLake } from "../dataset/testing/open-pose-lake.ts";
import { pose } from "../dataset/testing/pose-app.ts";
import { named } from "../dataset/testing/pose-study.ts";
import type { Engine } from "../lake/index.ts";
import { assess } from "./assess.ts";
import type { LivePredictions } from "./live-quality.ts";
import { madeLive, madeReference, madeRows, madeWindows, type MadeRow } from "./testing/made-live.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);
let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openPoseLake(onFinished));
});

const model = { ...pose, drift: { minPeople: 3, minRows: 20 } };
const reference = madeReference(madeRows(named("t", 8), 60, 0, { seed: 1 }));

const look = (
  rows: readonly MadeRow[],
  rest: { live?: Partial<LivePredictions>; windows?: readonly MadeRow[] } = {},
) =>
  assess(engine, model, madeLive(rows, rest.live), {
    release: "r",
    reference,
    windows: madeWindows(rest.windows ?? rows),
  });

test("windows like those of training are stable, and the newest prediction is noted", async () => {
  const rows = madeRows(named("c", 4), 30, 0, { seed: 2 });
  const found = await look(rows);
  expect(found).toMatchObject({ verdict: "stable", people: 4, rows: 4 * 20, newest: 29_000 });
});

test("windows that moved have drifted, and the features say which", async () => {
  const found = await look(madeRows(named("c", 4), 30, 3, { seed: 2 }));
  expect(found.verdict).toBe("drifted");
  expect(found.fraction).toBe(1);
  expect(found.features.every(({ drifted }) => drifted)).toBe(true);
});

test("only the newest rows of each person count", async () => {
  const old = madeRows(named("c", 4), 40, 3, { seed: 3 });
  const recent = madeRows(named("c", 4), 20, 0, { seed: 4, from: 40 });
  const found = await look([...old, ...recent]);
  expect(found).toMatchObject({ verdict: "stable", rows: 80, newest: 59_000 });
});

test("with too few people, or too few rows of them, nothing is said", async () => {
  await expect(look(madeRows(named("c", 2), 30, 3, { seed: 2 }))).resolves.toMatchObject({
    verdict: "waiting",
    people: 2,
  });
  await expect(look(madeRows(named("c", 4), 17, 3, { seed: 2 }))).resolves.toMatchObject({
    verdict: "waiting",
    people: 0,
  });
  await expect(look([], { windows: madeRows(["c"], 1, 0, { seed: 2 }) })).resolves.toMatchObject({
    verdict: "waiting",
    newest: 0,
  });
});

test("other releases, other sources and windows that have not come yet are left out", async () => {
  const rows = madeRows(named("c", 4), 30, 3, { seed: 2 });
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
