import {
  createFramer,
  decodeBatch,
  decodeFrame,
  missingSamples,
  type Batch,
  type FrameReference,
} from "@tideline/spec";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createWorld, gait, platform, type World } from "../../../test/device-fixture.ts";
import { createCapture } from "./capture.ts";

const START = 1_700_000_000_000;
const samples = Float32Array.from({ length: 30 * 2 }, (_, index) => Math.sin(index));

/** Frames that the collector was sent: time, start and values. */
function framesOf(world: World) {
  return world.requests.flatMap(({ body }) => {
    const { header, attachment } = decodeBatch(body!, platform.text);
    return (header as Batch).events.flatMap(({ name, time, properties }) => {
      if (name !== "motion") return [];
      const { offset, samples: count } = properties["samples"] as FrameReference;
      const reference = properties["samples"] as FrameReference;
      const values = [...decodeFrame(attachment, reference, 2)];
      expect(values).toHaveLength(count * 2);
      return [{ time, start: properties["start"], values, offset, reference }];
    });
  });
}

test("however the sensor cuts its samples, frames and windows are the same", async () => {
  const expected = createFramer(gait)
    .push(0, samples)
    .map(({ start }) => start);
  expect(expected).toEqual([0, 4, 8, 12, 16, 20]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 8 }), async (cuts) => {
      const world = createWorld();
      const client = await world.start();
      await client.setConsent(["improve"]);
      const capture = createCapture(client, { session: "s", startTime: START, frameSamples: 8 });
      const predictions = [];
      let from = 0;
      for (const cut of [...cuts, 30]) {
        predictions.push(...(await capture.push(samples.slice(from * 2, (from + cut) * 2))));
        from = Math.min(30, from + cut);
      }
      await capture.finish();
      await client.flush();
      const frames = framesOf(world);
      expect(frames.map(({ start }) => start)).toEqual([0, 8, 16, 24]);
      expect(frames.map(({ time }) => time - START)).toEqual([160, 320, 480, 600]);
      expect(Float32Array.from(frames.flatMap(({ values }) => values))).toEqual(samples);
      expect(predictions.map(({ start }) => start)).toEqual(expected);
      expect(predictions.map(({ time }) => time - START)).toEqual(expected.map((start) => (start + 8) * 20));
    }),
    { numRuns: 25 },
  );
});

test("a gap stands in its frame and begins the window anew; a capture goes on where an earlier one stopped", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["improve"]);
  const options = { session: "s", startTime: START, frameSamples: 8 };
  const capture = createCapture(client, options);
  await capture.push(samples.slice(0, 20));
  await capture.skip(5);
  const afterGap = await capture.push(samples.slice(30, 50));
  expect(afterGap.map(({ start }) => start)).toEqual([15]);
  await capture.finish();
  const later = createCapture(client, { ...options, firstSample: 25, predict: false });
  expect(await later.push(samples.slice(0, 16))).toEqual([]);
  await client.flush();
  const frames = framesOf(world);
  expect(frames.map(({ start, values, reference }) => [start, values.length / 2, reference.gaps])).toEqual([
    [0, 8, undefined],
    [8, 8, [[2, 5]]],
    [21, 4, undefined],
    [25, 8, undefined],
  ]);
  expect(frames.map(({ time }) => (time - START) / 20)).toEqual([8, 21, 25, 33]);
  expect(capture.status()).toMatchObject({ samples: 20, missing: 5, frames: 3, windows: 2 });
});

test("a capture of a model that the app does not have is refused", async () => {
  const client = await createWorld().start();
  expect(() => createCapture(client, { model: "gait", session: "s", startTime: START })).toThrow(
    expect.objectContaining({ code: "ARGUMENT_INVALID" }),
  );
});

test("gaps one after the other are one, at the start of a frame too, and two seconds at 50 Hz are 100 samples", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["improve"]);
  const capture = createCapture(client, { session: "s", startTime: START, frameSamples: 8, predict: false });
  await capture.push(samples.slice(0, 16));
  await capture.skip(60);
  await capture.skip(40);
  await capture.push(samples.slice(0, 10));
  await capture.skip(1);
  await capture.push(samples.slice(0, 6));
  await capture.finish();
  await capture.finish();
  await client.flush();
  const [, second] = framesOf(world);
  expect(second).toMatchObject({
    start: 8,
    reference: {
      samples: 8,
      gaps: [
        [0, 100],
        [5, 1],
      ],
    },
  });
  expect(missingSamples(second!.reference)).toBe(101);
});

test("int16 takes half the bytes; a sample that does not fit is kept as float32", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["improve"]);
  const scale = [1 / 4096, 1 / 4096];
  const options = { session: "s", startTime: START, frameSamples: 8, encoding: "int16", scale } as const;
  const capture = createCapture(client, { ...options, predict: false });
  const steps = Float32Array.from({ length: 16 }, (_, index) => (index * 37 - 300) / 4096);
  await capture.push(steps);
  await capture.push(Float32Array.from(steps, (value, index) => (index === 3 ? 1000 : value)));
  await client.flush();
  const [first, second] = framesOf(world);
  expect(first!.reference).toEqual({ offset: 0, samples: 8, encoding: "int16", scale });
  expect(Float32Array.from(first!.values)).toEqual(steps);
  expect(second!.reference).toEqual({ offset: 32, samples: 8 });
  expect(second!.values[3]).toBe(1000);
  expect(capture.status()).toMatchObject({ frames: 2, bytes: 32 + 64 });
});

test("in front, what comes in the background is passed over and told; a workout goes on", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["improve"]);
  let foreground = true;
  const conditions = () => ({ network: "unknown", charging: null, foreground }) as const;
  const options = { startTime: START, frameSamples: 8, conditions };
  const captures = (["foreground", "workout", "foreground_service"] as const).map((mode) =>
    createCapture(client, { ...options, session: mode, mode }),
  );
  for (const isInFront of [true, false, true]) {
    foreground = isInFront;
    for (const capture of captures) await capture.push(samples.slice(0, 16));
  }
  expect(captures.map((capture) => capture.status())).toMatchObject([
    { samples: 24, inBackground: 8, frames: 2, windows: 2 },
    { samples: 24, inBackground: 0, frames: 3, windows: 5 },
    { samples: 24, inBackground: 0, frames: 3, windows: 5 },
  ]);
  await client.flush();
  const gaps = framesOf(world).flatMap(({ reference }) => reference.gaps ?? []);
  expect(gaps).toEqual([[0, 8]]);
});

test("a capture that records nothing predicts all the same", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["improve"]);
  const capture = createCapture(client, { session: "s", startTime: START, record: false });
  const predictions = await capture.push(samples);
  await capture.skip(3);
  expect((await capture.push(samples)).map(({ start }) => start)[0]).toBe(33);
  await capture.finish();
  expect(predictions).toHaveLength(6);
  await client.flush();
  expect(framesOf(world)).toEqual([]);
});

test("a session that ends in a gap keeps what came before it", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["improve"]);
  const capture = createCapture(client, { session: "s", startTime: START, frameSamples: 128 });
  await capture.push(samples.slice(0, 20));
  await capture.skip(5);
  await capture.finish();
  await client.flush();
  const frames = framesOf(world);
  expect(frames.map(({ reference }) => [reference.samples, reference.gaps])).toEqual([[10, undefined]]);
});
