import { decodeBatch, decodeSamples, type Batch, type FrameReference } from "@tideline/spec";
import { beforeEach, expect, test } from "vitest";
import { createWorld, motion, platform, tap, type World } from "../../../test/device-fixture.ts";
import type { Client } from "./client.ts";

let world: World;
let client: Client;
beforeEach(async () => {
  world = createWorld();
  client = await world.start();
  await client.setConsent(["analytics", "improve"]);
});

test.each([
  ["a missing property", {}, "FIELD_MISSING", "target"],
  ["a property of another type", { target: 3 }, "FIELD_INVALID", "target"],
  ["a property out of range", { target: "a", count: -1 }, "FIELD_INVALID", "count"],
  ["a property that is not declared", { target: "a", colour: "red" }, "FIELD_UNKNOWN", "colour"],
])("%s is refused where it happens", async (_, properties, code, field) => {
  const call = client.track(tap, properties as { target: string });
  await expect(call).rejects.toMatchObject({ code, parts: { field } });
  expect(client.diagnostics().events.recorded).toBe(0);
});

test("an event that the app does not declare and a time that is none are refused", async () => {
  const other = { ...tap, name: "swipe" };
  await expect(client.track(other, { target: "a" })).rejects.toMatchObject({ code: "EVENT_UNKNOWN" });
  await expect(client.track(tap, { target: "a" }, { time: Number.NaN })).rejects.toMatchObject({
    code: "TIME_INVALID",
  });
});

test("a frame that does not hold what it says, or too much, is refused", async () => {
  const track = (samples: number, values: number) =>
    client.track(motion, { session: "s", start: 0, samples: { samples, values: new Float32Array(values) } });
  await expect(track(2, 3)).rejects.toMatchObject({ code: "FIELD_INVALID", parts: { field: "samples" } });
  await expect(track(0, 0)).rejects.toMatchObject({ code: "FIELD_INVALID" });
  await expect(track(70_000, 140_000)).rejects.toMatchObject({ code: "EVENT_TOO_LARGE" });
});

test("frames of several events lie one after the other in the batch, and the caller may reuse its array", async () => {
  const values = Float32Array.of(1, 2, 3, 4);
  const first = client.track(motion, { session: "s", start: 0, samples: { samples: 2, values } });
  values.fill(9);
  await client.track(tap, { target: "between" });
  await client.track(motion, {
    session: "s",
    start: 2,
    samples: { samples: 1, values: Float32Array.of(5, 6) },
  });
  await first;
  await client.flush();
  const { header, attachment } = decodeBatch(world.requests[0]!.body!, platform.text);
  const { events } = header as Batch;
  const frames = events.flatMap(({ properties }) => {
    const { offset, samples } = (properties["samples"] ?? {}) as Partial<FrameReference>;
    return offset === undefined
      ? []
      : [[...decodeSamples(attachment.subarray(offset, offset + samples! * 8))]];
  });
  expect(frames).toEqual([
    [1, 2, 3, 4],
    [5, 6],
  ]);
  expect(events.map((event) => Object.keys(event))).toEqual(
    Array.from({ length: 3 }, () => ["seq", "name", "version", "time", "user", "consent", "properties"]),
  );
});

test("an id by which the app knew the person before goes with one event, the first that is written down", async () => {
  client.setUser("ada@example", { previous: "visitor-7" });
  world.storage().fillUpAfter(0);
  await expect(client.track(tap, { target: "lost" })).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  world.storage().fillUpAfter(1e6);
  await client.setConsent(["improve"]);
  expect(await client.track(tap, { target: "withheld" })).toBeNull();
  await client.setConsent(["analytics"]);
  for (const target of ["first", "second"]) await client.track(tap, { target });
  client.setUser(null);
  await client.track(tap, { target: "third" });
  await client.flush();
  const sent = [...world.collector.events.values()];
  expect(sent.map(({ user, previous_user: previous }) => [user, previous])).toEqual([
    ["ada@example", "visitor-7"],
    ["ada@example", undefined],
    [null, undefined],
  ]);
});
