import * as fc from "fast-check";
import { createFramer } from "@tideline/spec";
import { expect, onTestFinished, test } from "vitest";
import { cleanUpLater, openPoseLake } from "../dataset/testing/open-pose-lake.ts";
import { pose } from "../dataset/testing/pose-app.ts";
import { BEGIN, motionOf, poseLog, poseSamples, subjectOf, type Fact } from "../dataset/testing/pose-log.ts";
import { BUCKETS, subjectBucket, type Engine, type Snapshot } from "../lake/index.ts";
import { framedWindows, type FramedWindow } from "./framed-windows.ts";

const SAMPLES = 72;

/** All windows of a snapshot, and what was read for them. */
async function frameAll(engine: Engine, snapshot: Snapshot) {
  const tally = { frames: 0, gaps: 0 };
  const found: FramedWindow[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    for await (const window of framedWindows(engine, snapshot, pose.window, bucket, tally))
      found.push(window);
  }
  return { tally, found };
}

/** The windows of a session when its samples come in one push. */
const wholeSession = (values: Float32Array) => createFramer(pose.window).push(0, values);

/** How a phone may cut a session into events: where, and how many samples each event repeats of the one before. */
const cutting = fc.record({
  cuts: fc.uniqueArray(fc.integer({ min: 1, max: SAMPLES - 1 }), { maxLength: 8 }),
  repeats: fc.nat(5),
});

test("frames cut in any way give the windows of one push", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cutting, { minLength: 4, maxLength: 12 }), async (sessions) => {
      const { onFinished, cleanUp } = cleanUpLater();
      const log = poseLog();
      const expected: unknown[] = [];
      for (const [index, { cuts, repeats }] of sessions.entries()) {
        const [person, session] = [`p${index % 3}`, `s${index}`];
        const at = BEGIN + 10_000 * index;
        const values = poseSamples("UP", { seed: index, samples: SAMPLES });
        const sorted = cuts.toSorted((left, right) => left - right);
        const facts = [0, ...sorted].flatMap((from, part): Fact[] => {
          const start = Math.max(0, from - repeats);
          const [fact] = motionOf(session, values.slice(2 * start, 2 * (sorted[part] ?? SAMPLES)), at, []);
          return [{ ...fact!, time: at + 20 * start, properties: { ...fact!.properties, start } }];
        });
        // The batches arrive in the wrong order.
        for (const fact of facts.toReversed()) log.send(person, at + 5000, [fact]);
        for (const { start, values: window } of wholeSession(values)) {
          expected.push({
            subject: subjectOf(person),
            session,
            start,
            time: at + 20 * (start + 16),
            values: window,
          });
        }
      }
      const lake = await openPoseLake(onFinished);
      const { found, tally } = await frameAll(lake.engine, await lake.snapshot(log));
      await cleanUp();
      const order = (rows: readonly unknown[]) =>
        (rows as FramedWindow[]).toSorted((a, b) =>
          a.session < b.session ? -1 : a.session > b.session ? 1 : a.start - b.start,
        );
      expect(order(found)).toEqual(order(expected));
      expect(tally).toEqual({ frames: log.records.length, gaps: 0 });
    }),
    { numRuns: 4 },
  );
});

test("a gap is counted, and windows begin anew after it; another session is none", async () => {
  const lake = await openPoseLake(onTestFinished);
  const log = poseLog();
  const values = poseSamples("UP", { seed: 1, samples: SAMPLES });
  const [head, , tail] = motionOf("holed", values, BEGIN, [30, 40]);
  log.send("anna", BEGIN + 5000, [head!, tail!]);
  log.send("anna", BEGIN + 9000, motionOf("whole", values, BEGIN + 6000, [30, 40]));
  // A session may begin late: nothing is known of what was before.
  log.send("anna", BEGIN + 9000, motionOf("begun", values, BEGIN + 6000, [40]).slice(1));
  const { found, tally } = await frameAll(lake.engine, await lake.snapshot(log));
  expect(tally).toEqual({ frames: 2 + 3 + 1, gaps: 1 });
  const of = (name: string) => found.filter(({ session }) => session === name);
  expect(of("whole")).toHaveLength((SAMPLES - 16) / 8 + 1);
  expect(of("holed").map(({ start }) => start)).toEqual([0, 8, 40, 48, 56]);
  expect(of("begun").map(({ start }) => start)).toEqual([40, 48, 56]);
  const restarted = createFramer(pose.window).push(40, values.slice(80));
  expect(
    of("holed")
      .slice(2)
      .map((window) => window.values),
  ).toEqual(restarted.map((window) => window.values));
  expect(of("holed")[2]!.time).toBe(BEGIN + 20 * 56);
  expect(of("holed")[2]!.values).not.toEqual(of("whole")[5]!.values);
});

test("a bucket holds its people and nobody else", async () => {
  const lake = await openPoseLake(onTestFinished);
  const log = poseLog();
  for (const person of ["anna", "ben", "cleo", "dora"]) {
    log.send(person, BEGIN + 5000, motionOf("s", poseSamples("UP", { seed: 2, samples: 16 }), BEGIN, []));
  }
  const snapshot = await lake.snapshot(log);
  const bucket = subjectBucket(subjectOf("anna"));
  const subjects: string[] = [];
  for await (const window of framedWindows(lake.engine, snapshot, pose.window, bucket))
    subjects.push(window.subject);
  expect(subjects).toContain(subjectOf("anna"));
  expect(subjects.every((subject) => subjectBucket(subject) === bucket)).toBe(true);
});
