import { createFramer, type WindowDefinition } from "@tideline/spec";
import { expect, onTestFinished, test } from "vitest";
import type { FrameSamples } from "./read-frames.ts";
import { readFrames } from "./read-frames.ts";
import { tableSql } from "./scan.ts";
import { BUCKETS, subjectBucket } from "./subject-bucket.ts";
import { openLake } from "./testing/open-lake.ts";
import type { SampleFrame, SampleRecord } from "./testing/sample-log.ts";
import { sampleLog } from "./testing/sample-log.ts";

const SOURCE = {
  event: "motion",
  field: "samples",
  session: "session",
  start: "start",
  input: ["x", "y"],
  rate: 50,
};

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

/** One subject's frames: a whole one, and one with gaps before its first, within, and before its last sample. */
const gapped: readonly SampleRecord[] = [
  { start: 0, values: Float32Array.from([0, 0, 1, 1, 2, 2, 3, 3]) },
  {
    start: 4,
    values: Float32Array.from([104, 0, 105, 0, 106, 0, 206, 0]),
    gaps: [
      [0, 100],
      [3, 99],
    ] as const,
    rate: 48.5,
  },
].map(({ start, ...frame }, index) => ({
  events: [
    {
      seq: index,
      name: "motion",
      time: 1_600_000_000_000 + start * 20,
      properties: { session: "s", start, samples: frame as SampleFrame },
    },
  ],
}));

test("a frame with gaps comes in pieces, each with its place in the session; the lake says what is missing", async () => {
  const lake = await openLake(onTestFinished);
  const { snapshot } = await lake.compact(sampleLog(gapped));
  const bucket = subjectBucket("0".repeat(32));
  const seen: { start: number; time: number; x: number[] }[] = [];
  for await (const { start, time, values } of readFrames(lake.engine, snapshot!, {
    ...SOURCE,
    input: ["x"],
    bucket,
  })) {
    seen.push({ start, time: time - 1_600_000_000_000, x: [...values] });
  }
  expect(seen).toEqual([
    { start: 0, time: 0, x: [0, 1, 2, 3] },
    { start: 104, time: 104 * 20, x: [104, 105, 106] },
    { start: 206, time: 206 * 20, x: [206] },
  ]);
  const { missing, gaps, rate } = await lake.engine.columns(
    `select list_sum(list_filter(samples_gaps, lambda item, place: place % 2 = 0))::double as missing,
            array_to_string(samples_gaps, ',') as gaps, samples_rate as rate
       from ${tableSql(snapshot!, "motion")} order by seq`,
  );
  expect([missing, gaps, rate]).toEqual([
    Float64Array.of(Number.NaN, 199),
    [null, "0,100,3,99"],
    Float64Array.of(Number.NaN, 48.5),
  ]);
});

test("windows and filters start anew after a gap inside a frame, as on the phone", async () => {
  const lake = await openLake(onTestFinished);
  const { snapshot } = await lake.compact(sampleLog(gapped));
  const window: WindowDefinition = {
    ...SOURCE,
    name: "w",
    eventVersion: 1,
    size: 2,
    hop: 1,
    gravity: { channels: ["x"], cutoff: 0.3 },
    channels: ["body_x", "gravity_x", "y"],
  };
  const framer = createFramer(window);
  const starts: number[] = [];
  const source = { ...window, bucket: subjectBucket("0".repeat(32)) };
  for await (const { start, values } of readFrames(lake.engine, snapshot!, source)) {
    starts.push(...framer.push(start, values).map((cut) => cut.start));
  }
  expect(starts).toEqual([0, 1, 2, 104, 105]);
  expect(framer.gaps).toEqual([
    { from: 4, to: 104 },
    { from: 107, to: 206 },
  ]);
});

test("a start near the largest integer with a gap behind it stops nobody's framing", async () => {
  const lake = await openLake(onTestFinished);
  const values = Float32Array.from([1, 1, 2, 2]);
  const samples: SampleFrame = { values, gaps: [[1, 5]] };
  const start = Number.MAX_SAFE_INTEGER - 3;
  const events = [{ seq: 0, name: "motion", properties: { session: "s", start, samples } }];
  const { snapshot } = await lake.compact(sampleLog([{ events }]));
  const starts: number[] = [];
  const source = { ...SOURCE, bucket: subjectBucket("0".repeat(32)) };
  for await (const frame of readFrames(lake.engine, snapshot!, source)) starts.push(frame.start);
  expect(starts).toEqual([start]);
});
