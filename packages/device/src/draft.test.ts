import { decodeBatch, decodeSamples, defineApp, event, isTidelineError, t } from "@tideline/spec";
import type { Batch, EventDefinition, FrameReference } from "@tideline/spec";
import * as fc from "fast-check";
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

const throwing = {
  get target(): string {
    throw new Error("not today");
  },
};
const cyclic: Record<string, unknown> = {};
cyclic["self"] = cyclic;
const trap = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new TypeError("no keys");
    },
  },
);
const hostile = { toString: () => Symbol("no text") };

test.each<[string, readonly unknown[], string, string]>([
  ["no event", [null, {}], "EVENT_UNKNOWN", "event"],
  ["an event without a name", [{}, {}], "EVENT_UNKNOWN", "name"],
  ["an event named by a symbol", [{ name: Symbol("tap") }, {}], "EVENT_UNKNOWN", "event"],
  ["no properties", [tap, null], "FIELD_MISSING", "target"],
  ["properties of text", [tap, "target"], "FIELD_MISSING", "target"],
  ["a getter that throws", [tap, throwing], "FIELD_INVALID", "properties"],
  [
    "a getter that throws what is no text",
    [
      tap,
      {
        get target() {
          throw Object.create(null);
        },
      },
    ],
    "FIELD_INVALID",
    "properties",
  ],
  ["a proxy that throws", [tap, trap], "FIELD_INVALID", "properties"],
  ["a cycle", [tap, { target: cyclic }], "FIELD_INVALID", "target"],
  ["a symbol", [tap, { target: Symbol("a") }], "FIELD_INVALID", "target"],
  ["text without end", [tap, { target: "x".repeat(5_000_000) }], "FIELD_INVALID", "target"],
  ["a BigInt", [tap, { target: "a", count: 1n }], "FIELD_INVALID", "count"],
  ["NaN", [tap, { target: "a", count: Number.NaN }], "FIELD_INVALID", "count"],
  [
    "options of null and a time that is none",
    [tap, { target: "a" }, { time: "soon" }],
    "TIME_INVALID",
    "time",
  ],
  ["a time that throws", [tap, { target: "a" }, { time: hostile }], "TIME_INVALID", "time"],
  ["a time of BigInt", [tap, { target: "a" }, { time: 1n }], "TIME_INVALID", "time"],
  ...[
    {},
    3,
    "frame",
    { samples: 2 },
    { samples: 2, values: null },
    { samples: 2, values: [1, 2, 3, 4] },
    { samples: 2, values: new Float64Array(4) },
    { samples: 2, values: new Int32Array(4) },
    { samples: 1.5, values: new Float32Array(3) },
    { samples: 2n, values: new Float32Array(4) },
    { samples: "2", values: new Float32Array(4) },
    { samples: 2, values: new Float32Array(4), bytes: new Uint8Array(16), reference: cyclic },
    { samples: 2, values: new Float32Array(4), bytes: new Uint8Array(15), reference: {} },
  ].map((samples, index): [string, readonly unknown[], string, string] => [
    `frame ${index} that is none`,
    [motion, { session: "s", start: 0, samples }],
    "FIELD_INVALID",
    "samples",
  ]),
])("%s is refused by code, event and field", async (_, call, code, field) => {
  const track = client.track as (...call: readonly unknown[]) => Promise<unknown>;
  const error = await track(...call).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "TidelineError", code, parts: { field } });
  if (code !== "EVENT_UNKNOWN") expect(String(error)).toMatch(/^TidelineError: track "(tap|motion)": /);
  if (code === "FIELD_INVALID") expect(String(error)).toContain("expected ");
  // The next one, and those beside it, are not harmed.
  const [, good] = await Promise.allSettled([
    track(...call),
    client.track(tap, { target: "good" }, null as never),
  ]);
  expect(good).toMatchObject({ status: "fulfilled", value: { seq: 1 } });
});

test("whatever is handed in, it is recorded or refused by a code", async () => {
  const value = fc.oneof(
    fc.anything({ withBigInt: true, withTypedArray: true, withSparseArray: true }),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(tap, motion), value, value, value, async (of, one, two, time) => {
      const properties =
        of === tap ? { target: one, count: two } : { session: "s", start: two, samples: one };
      const track = client.track as (event: EventDefinition, ...call: unknown[]) => Promise<unknown>;
      for (const call of [[properties], [one, two], [properties, { time }]]) {
        const error = await track(of, ...call).catch((thrown: unknown) => thrown);
        expect(error === null || isTidelineError(error) || Object.hasOwn(error as object, "seq")).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
  expect((await world.start()).diagnostics().events.tornBytes).toBe(0);
});

test("a vector is taken as it is at the call, whole", async () => {
  const place = event("place", { at: t.vector(3) }, { purpose: "analytics", retain: "90d" });
  const app = defineApp({
    name: "places",
    purposes: { analytics: "Count." },
    events: [place],
    views: [],
    models: [],
  });
  const phone = await world.start({ app, models: undefined as never });
  await phone.setConsent(["analytics"]);
  const at = [1, 2, 3] as [number, number, number];
  const first = phone.track(place, { at });
  at[0] = Number.NaN;
  await first;
  await phone.flush();
  expect([...world.collector.events.values()].map(({ properties }) => properties["at"])).toEqual([[1, 2, 3]]);
  // eslint-disable-next-line no-sparse-arrays
  for (const wrong of [at, [1, , 3], [1, 2], "abc", { length: 3 }, [1, 2, 3n]]) {
    await expect(phone.track(place, { at: wrong as never })).rejects.toMatchObject({
      code: "FIELD_INVALID",
      parts: { field: "at" },
    });
  }
});

test("the label of a region stands in every batch, and nothing else is taken for one", async () => {
  const phone = await world.start({ region: "eu-1" });
  await phone.track(tap, { target: "a" });
  await phone.flush();
  expect(decodeBatch(world.requests.at(-1)!.body!, platform.text).header).toMatchObject({ region: "eu-1" });
  await (await world.start()).track(tap, { target: "b" });
  await (await world.start()).flush();
  expect(decodeBatch(world.requests.at(-1)!.body!, platform.text).header).not.toHaveProperty("region");
  const resident = await world.start({ app: { ...client.app, residency: "eu" } });
  await resident.track(tap, { target: "c" });
  await resident.flush();
  expect(decodeBatch(world.requests.at(-1)!.body!, platform.text).header).toMatchObject({ region: "eu" });
  for (const region of ["EU", "e u", "-eu", "eu-", "x".repeat(33)]) {
    await expect(world.start({ region })).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  }
});
