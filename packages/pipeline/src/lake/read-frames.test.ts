import { expect, onTestFinished, test } from "vitest";
import type { FrameSamples } from "./read-frames.ts";
import { readFrames } from "./read-frames.ts";
import { BUCKETS, subjectBucket } from "./subject-bucket.ts";
import { openLake } from "./testing/open-lake.ts";
import type { SampleRecord } from "./testing/sample-log.ts";
import { sampleLog } from "./testing/sample-log.ts";

const SOURCE = { event: "motion", field: "samples", session: "session", start: "start", input: ["x", "y"] };

/** 3 subjects x 2 sessions x 450 frames of 3 samples: more rows to a bucket than a chunk has, sent in a mixed order. */
const records: readonly SampleRecord[] = Array.from({ length: 450 }, (_, index) => ({
  install: `phone-${index % 2}`,
  events: [0, 1, 2].flatMap((person) =>
    ["walk", "sit"].map((session, turn) => {
      const start = ((index * 7) % 450) * 3;
      return {
        seq: index * 6 + person * 2 + turn,
        name: "motion",
        subject: String(person).repeat(32),
        time: 1_600_000_000_000 + start * 20,
        properties: {
          session,
          start,
          samples: Float32Array.from([0, 1, 2, 3, 4, 5], (i) => start + i + person / 4),
        },
      };
    }),
  ),
}));

test("frames come by subject, session and start, interleaved as they were sent", async () => {
  const lake = await openLake(onTestFinished);
  await lake.compact(sampleLog(records, 200));
  const { snapshot } = await lake.compact(sampleLog(records));
  const seen: FrameSamples[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    for await (const frame of readFrames(lake.engine, snapshot!, { ...SOURCE, bucket })) {
      expect(subjectBucket(frame.subject)).toBe(bucket);
      seen.push(frame);
    }
  }
  expect(seen).toHaveLength(450 * 6);
  const series = Map.groupBy(seen, ({ subject, session }) => `${subject[0]} ${session}`);
  expect([...series.keys()].sort()).toEqual(["0 sit", "0 walk", "1 sit", "1 walk", "2 sit", "2 walk"]);
  for (const [key, frames] of series) {
    const person = Number(key[0]);
    expect(frames.map(({ start }) => start)).toEqual(Array.from({ length: 450 }, (_, index) => index * 3));
    for (const { start, time, values } of frames) {
      expect(time).toBe(1_600_000_000_000 + start * 20);
      expect([...values]).toEqual([0, 1, 2, 3, 4, 5].map((i) => start + i + person / 4));
    }
  }
});

test("channels may be read in another order, and from a time on", async () => {
  const lake = await openLake(onTestFinished);
  const { snapshot } = await lake.compact(sampleLog(records, 20));
  const bucket = subjectBucket("0".repeat(32));
  const since = 1_600_000_000_000 + 300 * 20;
  const starts: number[] = [];
  for await (const frame of readFrames(lake.engine, snapshot!, { ...SOURCE, input: ["y"], bucket, since })) {
    if (frame.subject === "0".repeat(32))
      expect([...frame.values]).toEqual([1, 3, 5].map((i) => frame.start + i));
    starts.push(frame.start);
  }
  expect(Math.min(...starts)).toBeGreaterThanOrEqual(300);
});
