import { expect, onTestFinished, test } from "vitest";
import { listAlerts, listAssessments } from "../catalog/index.ts";
import { openPoseLake } from "../dataset/testing/open-pose-lake.ts";
import { pose } from "../dataset/testing/pose-app.ts";
import { named } from "../dataset/testing/pose-study.ts";
import { madeLive, madeReference, madeRows, madeWindows } from "../monitor/testing/made-live.ts";
import { answerAlert, watchDrift, type DriftAlertDetail } from "./watch.ts";

const model = { ...pose, drift: { minPeople: 3, minRows: 20 } };
const reference = madeReference(madeRows(named("t", 8), 60, 0, { seed: 1 }));

/** A monitor over a real catalog; each look has its rows, a snapshot and a time. */
async function newWatch() {
  const { catalog, engine } = await openPoseLake(onTestFinished);
  let looks = 0;
  const look = (shift: number, options: { snapshot?: string; release?: string; people?: number } = {}) => {
    looks += 1;
    const { snapshot = `s${looks}`, release = "r", people = 4 } = options;
    const rows = madeRows(named("c", people), 20, shift, { seed: 1 + looks, from: 100 * looks });
    return watchDrift(
      { catalog, engine, now: 1_000_000 + looks },
      model,
      madeLive(rows, { release: rows.map(() => release) }),
      { release, reference, windows: madeWindows(rows), relation: (table) => table, snapshot },
    );
  };
  return { catalog, look };
}

test("two assessments in a row that find drift open one alert, which knows until when all was well", async () => {
  const { catalog, look } = await newWatch();
  await expect(look(0)).resolves.toBeNull();
  await expect(look(0)).resolves.toBeNull();
  await expect(look(3)).resolves.toBeNull();
  const alert = await look(3);
  expect(alert).toMatchObject({
    id: "drift/r",
    kind: "drift",
    release: "r",
    created_at: 1_000_004,
    state: "open",
  });
  // The second look was the last stable one: its rows went from second 200 to 219.
  expect(alert!.detail as DriftAlertDetail).toMatchObject({
    stableUntil: 219_000,
    newest: 419_000,
    people: 4,
  });
  expect((alert!.detail as DriftAlertDetail).features).toHaveLength(4);
  await expect(look(3)).resolves.toBeNull();
  await expect(look(3)).resolves.toBeNull();
  await expect(listAlerts(catalog)).resolves.toEqual([alert]);
  const verdicts = (await listAssessments(catalog, { release: "r" })).map(({ verdict }) => verdict);
  expect(verdicts).toEqual(["stable", "stable", "drifted", "drifted", "drifted", "drifted"]);
  await answerAlert(catalog, alert!);
  await expect(listAlerts(catalog, "open")).resolves.toEqual([]);
  await expect(listAlerts(catalog, "handled")).resolves.toHaveLength(1);
});

test("drift that passes opens nothing", async () => {
  const { catalog, look } = await newWatch();
  for (const shift of [3, 0, 3, 0, 3]) await expect(look(shift)).resolves.toBeNull();
  await expect(listAlerts(catalog)).resolves.toEqual([]);
});

test("the same snapshot looked at twice is one assessment", async () => {
  const { catalog, look } = await newWatch();
  await expect(look(3, { snapshot: "s" })).resolves.toBeNull();
  await expect(look(3, { snapshot: "s" })).resolves.toBeNull();
  await expect(listAssessments(catalog, { release: "r" })).resolves.toHaveLength(1);
  await expect(look(3)).resolves.not.toBeNull();
});

test("an assessment that waits for people says nothing either way", async () => {
  const { look } = await newWatch();
  await expect(look(3)).resolves.toBeNull();
  await expect(look(3, { people: 2 })).resolves.toBeNull();
  await expect(look(3)).resolves.not.toBeNull();
});

test("each release is watched for itself; before any stable assessment nothing was well", async () => {
  const { look } = await newWatch();
  await expect(look(3, { release: "r" })).resolves.toBeNull();
  await expect(look(3, { release: "q" })).resolves.toBeNull();
  const alert = await look(3, { release: "q" });
  expect(alert).toMatchObject({ id: "drift/q", detail: { stableUntil: 0 } });
});
