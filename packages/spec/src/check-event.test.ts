import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineApp } from "./app.ts";
import { checkEvent } from "./check-event.ts";
import { event } from "./event.ts";
import { t } from "./type.ts";
import type { WireEvent, WireValue } from "./wire.ts";

/** Version 1 had `button`, version 2 `target`, version 3 knows the screen too. */
const tap = event(
  "tap",
  {
    target: t.string({ maxLength: 8 }),
    screen: t.string(),
    side: t.optional(t.string({ oneOf: ["left", "right"] })),
  },
  {
    purpose: "analytics",
    retain: "90d",
    version: 3,
    previous: [
      // Newest first: the order of the list says nothing.
      { version: 2, fields: { target: t.string() }, upgrade: { defaults: { screen: "unknown" } } },
      { version: 1, fields: { button: t.string() }, upgrade: { rename: { button: "target" } } },
    ],
  },
);
const reading = event(
  "reading",
  {
    count: t.int({ min: 0, max: 10 }),
    level: t.float({ min: -1, max: 1 }),
    on: t.boolean(),
    at: t.time(),
    place: t.vector(2),
    wave: t.frame({ channels: ["x", "y"], units: ["g", "g"], rate: 50 }),
  },
  { purpose: "improve", retain: "90d" },
);
const app = defineApp({
  name: "small",
  purposes: { analytics: "Count.", improve: "Get better." },
  events: [tap, reading],
  views: [],
  models: [],
});

const sent = (changes: Partial<WireEvent> = {}): WireEvent => ({
  seq: 1,
  name: "tap",
  version: 3,
  time: 1_700_000_000_000,
  user: "ada",
  consent: ["analytics", "improve"],
  properties: { target: "ok", screen: "home" },
  ...changes,
});
const refusalOf = (raw: WireEvent, attachment = 0) => {
  const checked = checkEvent(app, raw, attachment);
  return checked.ok ? null : checked.refusal;
};

describe("versions", () => {
  test("each published one comes out as the newest", () => {
    const upgraded = [
      sent(),
      sent({ version: 2, properties: { target: "ok" } }),
      sent({ version: 1, properties: { button: "ok" } }),
    ].map((raw) => checkEvent(app, raw, 0));
    const properties = [
      { target: "ok", screen: "home" },
      { target: "ok", screen: "unknown" },
      { target: "ok", screen: "unknown" },
    ];
    expect(upgraded).toEqual(
      properties.map((item, index) => ({
        ok: true,
        event: { ...sent({ properties: item }), sentVersion: 3 - index },
      })),
    );
  });

  test("an event is held against the fields of its own version", () => {
    expect(refusalOf(sent({ version: 1 }))).toMatchObject({ code: "FIELD_MISSING", field: "button" });
    expect(refusalOf(sent({ version: 2 }))).toMatchObject({ code: "FIELD_UNKNOWN", field: "screen" });
  });

  test("what an upgrade leaves unlike the newest version is refused, before it meets a column", () => {
    const long = sent({ version: 2, properties: { target: "123456789" } });
    expect(refusalOf(long)).toMatchObject({ code: "FIELD_INVALID", field: "target", mayKeep: true });
  });

  test.each([0, 4, NaN, 1.5])("version %d was never published", (version) => {
    expect(refusalOf(sent({ version }))).toMatchObject({ code: "EVENT_VERSION_UNKNOWN", mayKeep: true });
  });
});

describe("consent", () => {
  test("comes before everything else, and without it nothing may be kept", () => {
    const raw = sent({ consent: ["improve"], time: -1, version: 9, properties: { secret: "x" } });
    expect(refusalOf(raw)).toMatchObject({ code: "CONSENT_MISSING", mayKeep: false });
  });

  test.each(["unheard", "toString", "__proto__"])("event %s names no purpose and is not kept", (name) => {
    expect(refusalOf(sent({ name }))).toMatchObject({ code: "EVENT_UNKNOWN", mayKeep: false });
  });
});

test.each([-1, 1.5, NaN, 2 ** 53])("time %d is no time", (time) => {
  expect(refusalOf(sent({ time }))).toMatchObject({ code: "TIME_INVALID", field: "time", mayKeep: true });
});

describe("fields", () => {
  const good: Record<string, WireValue> = {
    count: 3,
    level: 0.5,
    on: true,
    at: 0,
    place: [1, 2],
    wave: { offset: 4, samples: 2 },
  };
  const of = (properties: unknown) =>
    sent({ name: "reading", version: 1, properties: properties as WireEvent["properties"] });

  test("that fit are taken as they are", () => {
    expect(checkEvent(app, of(good), 20)).toMatchObject({ ok: true, event: { properties: good } });
    expect(refusalOf(sent({ properties: { target: "ok", screen: "home", side: "left" } }))).toBeNull();
  });

  test.each([
    ["count", [-1, 11, 1.5, "3", NaN, null]],
    ["level", [-1.01, 2, NaN, Infinity, "0"]],
    ["on", [0, "true", []]],
    ["at", [0.5, "now", 2 ** 53]],
    ["place", [[1], [1, 2, 3], [1, NaN], ["1", 2], { 0: 1, 1: 2, length: 2 }]],
    [
      "wave",
      [
        { offset: 8, samples: 2 },
        { offset: 2, samples: 1 },
        { offset: -4, samples: 1 },
        { offset: 0, samples: 0 },
        { offset: 0, samples: 2 ** 52 },
        { offset: 0.5, samples: 1 },
        [0, 1],
        "0",
      ],
    ],
  ])("%s of another kind or size is refused", (field, values) => {
    for (const value of values) {
      expect(refusalOf(of({ ...good, [field]: value }), 20)).toMatchObject({
        code: "FIELD_INVALID",
        field,
        mayKeep: true,
      });
    }
  });

  test.each([
    [{ screen: "home" }, "FIELD_MISSING", "target"],
    [{ target: "123456789", screen: "home" }, "FIELD_INVALID", "target"],
    [{ target: "ok", screen: "home", side: "up" }, "FIELD_INVALID", "side"],
    [{ target: "ok", screen: "home", constructor: "x" }, "FIELD_UNKNOWN", "constructor"],
    [JSON.parse('{"target":"ok","screen":"home","__proto__":"x"}'), "FIELD_UNKNOWN", "__proto__"],
  ] as const)("%o: %s of %s", (properties, code, field) => {
    expect(refusalOf(sent({ properties }))).toMatchObject({ code, field });
  });

  test("beside the declared ones are refused, whatever they are called and hold", () => {
    const more = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 });
    fc.assert(
      fc.property(more, (properties) => {
        fc.pre(Object.keys(properties).every((field) => !Object.hasOwn(good, field)));
        expect(refusalOf(of({ ...good, ...properties }), 20)).toMatchObject({
          code: "FIELD_UNKNOWN",
          field: Object.keys(properties)[0],
        });
      }),
    );
  });
});
