import { createFramer, decodeBatch, decodeSamples, type Batch, type FrameReference } from "@tideline/spec";
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
      const values = [...decodeSamples(attachment.subarray(offset, offset + count * 8))];
      return [{ time, start: properties["start"], values }];
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

test("a gap ends the frame and begins the window anew; a capture goes on where an earlier one stopped", async () => {
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
  expect(framesOf(world).map(({ start, values }) => [start, values.length / 2])).toEqual([
    [0, 8],
    [8, 2],
    [15, 8],
    [23, 2],
    [25, 8],
  ]);
});

test("a capture of a model that the app does not have is refused", async () => {
  const client = await createWorld().start();
  expect(() => createCapture(client, { model: "gait", session: "s", startTime: START })).toThrow(
    expect.objectContaining({ code: "ARGUMENT_INVALID" }),
  );
});
