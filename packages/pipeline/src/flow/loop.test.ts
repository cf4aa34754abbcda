import { expect, onTestFinished, test } from "vitest";
import { commit, listAlerts, listReleases, listRuns, setAlertState } from "../catalog/index.ts";
import { BEGIN, poseLog, predict, type PoseLog } from "../dataset/testing/pose-log.ts";
import { named, study, type StudyOptions } from "../dataset/testing/pose-study.ts";
import { loadApp } from "../ingest/index.ts";
import { encodeLogRecord, openLog } from "../ingest/log/index.ts";
import { sampleLog } from "../lake/testing/sample-log.ts";
import type { LogPosition } from "../log-record.ts";
import { createLoop, type LoopState } from "./loop.ts";
import { keptModel } from "./loop-context.ts";
import { progressBoard } from "./progress.ts";
import { openPoseLoop, POSE_APP } from "./testing/open-pose-loop.ts";
import type { DriftAlertDetail } from "./watch.ts";

const HOUR = 3_600_000;
const [people, phones] = [named("a", 6), named("b", 4)];

/** A loop over a durable log that grows. */
async function newLoop() {
  let [now, step] = [BEGIN, 0];
  const clock = (): number => {
    now += step;
    return now - step;
  };
  const open = await openPoseLoop(onTestFinished, { clock });
  const { context, owner, folder } = open;
  const durable = await openLog({ folder, epoch: owner.epoch });
  onTestFinished(() => durable.close());
  const told: string[] = [];
  const start = () =>
    createLoop(
      context,
      progressBoard(() => 0),
      {
        onRelease: ({ version }) => void told.push(`release ${version}`),
        onAlert: ({ id }) => void told.push(id.slice(0, 6)),
        onRejected: (reason) => void told.push(reason),
      },
    );
  let written = 0;
  /** Appends what a log has more by now. */
  const write = async (log: PoseLog): Promise<void> => {
    for await (const { record, attachment } of sampleLog(log.records.slice(written))(null)) {
      await durable.append(encodeLogRecord(record, attachment));
    }
    written = log.records.length;
  };
  return {
    ...open,
    told,
    start,
    write,
    position: (): LogPosition => durable.position(),
    /** Sets the clock, and how far it goes on at each look at it: a slow machine under a fast clock. */
    at: (time: number, each = 0) => void ([now, step] = [time, each]),
  };
}

const detailOf = (state: LoopState, stage: string) => state.stages.find(({ name }) => name === stage)?.detail;

test("a loop trains when labels are there and quiet, releases once, sees drift, trains again and is content", async () => {
  const { context, told, start, write, position, at } = await newLoop();
  const { catalog, channel } = context;
  let loop = start();
  const turn = async (): Promise<LoopState> => {
    const state = await loop.turn(position());
    await loop.settled();
    return state;
  };
  await expect(turn()).resolves.toMatchObject({ snapshots: [], runs: [], releases: [] });

  const log = poseLog();
  study(log, { people, cohort: "study", at: BEGIN });
  await write(log);
  at(BEGIN + 80_000);
  expect(detailOf(await turn(), "prepare")).toBe("labels are still coming in");
  // A turn that takes longer than labels must be quiet for has not seen that they were.
  at(BEGIN + 80_000, HOUR / 2);
  expect(detailOf(await turn(), "prepare")).toBe("labels are still coming in");
  at(BEGIN + HOUR);
  await turn();
  expect(told).toEqual(["release 1"]);
  const [first] = await listReleases(catalog, channel);
  const quiet = await turn();
  expect(told).toHaveLength(1);
  expect(quiet).toMatchObject({
    snapshots: [{}],
    runs: [{ status: "finished" }],
    releases: [{ version: 1, phones: 0 }],
  });

  /** Phones predict; each of their sessions has nine windows. */
  const round = (number: number, rest: Partial<StudyOptions>) => {
    const when = BEGIN + number * HOUR;
    study(log, {
      people: phones,
      cohort: number === 1 ? "beta" : null,
      at: when,
      round: number,
      seed: 10 * number,
      says: () => null,
      more: (session, label) =>
        Array.from({ length: 9 }, (_, window) => predict(session, 8 * window, label, { release: first!.id })),
      ...rest,
    });
    return when;
  };
  round(1, {});
  await write(log);
  at(BEGIN + 1.5 * HOUR);
  const stable = await turn();
  expect(stable.drift.points.map(({ verdict, people }) => [verdict, people])).toEqual([["stable", 4]]);
  expect(stable.releases).toMatchObject([{ version: 1, phones: 4 }]);

  // Phones are carried the other way round, tilted and shaken.
  const moved = { turned: true, tilt: 2, noise: 0.8 };
  const since = round(2, moved);
  study(log, { people, cohort: null, at: since, round: 2, seed: 77, ...moved });
  await write(log);
  at(BEGIN + 2.5 * HOUR);
  await turn();
  expect(told).toEqual(["release 1"]);
  round(3, moved);
  await write(log);
  at(BEGIN + 3.5 * HOUR);
  const drifted = await turn();
  expect(told).toEqual(["release 1", "drift/", "release 2"]);
  expect(drifted.drift.points.map(({ verdict }) => verdict)).toEqual(["stable", "drifted", "drifted"]);
  expect(drifted.drift.detectedAt).toBe(BEGIN + 3.5 * HOUR);
  const [alert] = await listAlerts(catalog);
  expect(alert).toMatchObject({ state: "handled", release: first!.id });
  // The last prediction that looked like training was sent with the second session of the first round.
  expect((alert!.detail as DriftAlertDetail).stableUntil).toBe(BEGIN + HOUR + 70_000);
  await expect(listRuns(catalog)).resolves.toMatchObject([
    {},
    { parameters: { reason: "drift", recency: "recent" } },
  ]);

  // Killed after the second release and before the alert was answered: the next owner only answers it.
  await commit(catalog, (writer) => setAlertState(writer, alert!.id, "open"));
  loop = start();
  await turn();
  expect(told).toEqual(["release 1", "drift/", "release 2"]);
  await expect(listAlerts(catalog, "open")).resolves.toEqual([]);
  await expect(listRuns(catalog)).resolves.toHaveLength(2);
  await expect(listRuns(catalog)).resolves.not.toContainEqual(
    expect.objectContaining({ status: "rejected" }),
  );
});

test("training that fails is told, not tried again on the same rows, and on others after a while", async () => {
  const { told, start, write, position, at, context } = await newLoop();
  const log = poseLog();
  // Enough people have labelled everything, but the gate is not reached.
  const says: StudyOptions["says"] = (_, person) => (person % 2 === 0 ? "UP" : "DOWN");
  study(log, { people, cohort: "study", at: BEGIN, says });
  await write(log);
  at(BEGIN + HOUR);
  const loop = start();
  for (let times = 0; times < 3; times += 1) {
    await loop.turn(position());
    await loop.settled();
  }
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/below the gate|NOT_ENOUGH_DATA/);
  study(log, { people, cohort: null, at: BEGIN + HOUR, round: 1, seed: 5, says });
  await write(log);
  for (const [minutes, times] of [
    [5, 1],
    [30, 2],
    [31, 2],
  ] as const) {
    at(BEGIN + HOUR + minutes * 60_000);
    await loop.turn(position());
    await loop.settled();
    expect(told).toHaveLength(times);
  }
  await expect(listReleases(context.catalog)).resolves.toEqual([]);
});

test("an app without a model is no loop's", async () => {
  const app = await loadApp(POSE_APP);
  expect(keptModel(app, POSE_APP).name).toBe(app.models[0]!.name);
  expect(() => keptModel({ ...app, models: [] }, POSE_APP)).toThrow(/app\.models: .*CONFIG_MALFORMED/);
});
