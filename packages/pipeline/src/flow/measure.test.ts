import { expect, onTestFinished, test } from "vitest";
import { listEvaluations } from "../catalog/index.ts";
import { BEGIN, correct, predict, type Pose } from "../dataset/testing/pose-log.ts";
import { named, study } from "../dataset/testing/pose-study.ts";
import { measureLoop } from "./measure.ts";
import { firstStudy } from "./testing/first-study.ts";
import { openPoseLoop } from "./testing/open-pose-loop.ts";
import { trainAndRelease } from "./train-and-release.ts";

const HOUR = 3_600_000;
const WINDOWS = 9;

test("figures are those of people who were held out, and each look at them is in the ledger", async () => {
  const { context, request, snapshot } = await openPoseLoop(onTestFinished);
  const log = firstStudy();
  const trained = await trainAndRelease(context, await request(await snapshot(log)));
  if (trained.kind !== "released") throw new Error(trained.reason);
  const { id } = trained.release;
  await expect(listEvaluations(context.catalog, "test")).resolves.toEqual([]);

  /** Nine predictions and corrections of a session, of which the first `wrong` are. */
  const live = (wrong: number) => (session: string, pose: Pose) =>
    Array.from({ length: WINDOWS }, (_, window) => {
      const other = pose === "UP" ? "DOWN" : "UP";
      return [
        predict(session, 8 * window, window < wrong ? other : pose, { release: id }),
        correct(`${session}/${8 * window}`, pose),
      ];
    }).flat();
  const control = named("c", 2);
  const silent = () => null;
  study(log, { people: control, cohort: null, at: BEGIN + HOUR, round: 1, says: silent, more: live(1) });
  study(log, {
    people: ["b0"],
    cohort: "beta",
    at: BEGIN + HOUR,
    round: 1,
    says: silent,
    // The endpoint's answers are no release's quality, and nobody says whether they were right.
    more: (session, pose) => [
      ...live(1)(session, pose),
      predict(session, 999, pose, { release: id, source: "endpoint" }),
    ],
  });
  // People who teach are nobody's quality, however right their predictions.
  study(log, { people: ["a0"], cohort: null, at: BEGIN + HOUR, round: 1, says: silent, more: live(0) });
  const injectedAt = BEGIN + 2 * HOUR;
  study(log, { people: control, cohort: null, at: injectedAt, round: 2, says: silent, more: live(3) });
  const { id: newest } = await snapshot(log);

  const measures = await measureLoop(context, [], injectedAt);
  expect(measures).toMatchObject({
    accuracy: { before: 8 / 9, drifted: 6 / 9, after: null },
    releases: [{ version: 1, accuracy: 8 / 9, people: 3, predictions: 3 * 2 * WINDOWS }],
    predictions: { device: 6 * 2 * WINDOWS, endpoint: 2, rule: 0 },
    labels: { coverage: (5 * 2 * WINDOWS) / (5 * 2 * WINDOWS + 2) },
    drift: { injectedAt, detectedAt: null },
    skew: { compared: 6 * 2 * WINDOWS },
  });
  // Made-up probabilities are not what the model gives.
  expect(measures.skew.maxDifference).toBeGreaterThan(0.1);

  const look = { subject_set: "test", people: 3, release: id, metrics: { accuracy: 8 / 9 } };
  await expect(listEvaluations(context.catalog, "test")).resolves.toMatchObject([
    { ...look, id: `live/${id}/${newest}` },
  ]);
  // The same look twice is one.
  await measureLoop(context, [], injectedAt);
  await expect(listEvaluations(context.catalog, "test")).resolves.toHaveLength(1);

  const calm = await measureLoop(context, [], null);
  expect(calm.accuracy).toMatchObject({ before: (16 + 12) / 36, drifted: null });
});
