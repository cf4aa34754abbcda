import {
  concatBytes,
  decodeSamples,
  encodeFrame,
  encodeSamples,
  defineApp,
  event,
  t,
  type WireEvent,
} from "@tideline/spec";
import { expect, test } from "vitest";
import { NOBODY_ERASED } from "../catalog/erased-file.ts";
import { checkBatchHeader } from "./batch-header.ts";
import { pseudonymiser } from "./pseudonym.ts";
import { takeBatch, type TakenBatch } from "./take-batch.ts";

const app = defineApp({
  name: "test",
  purposes: { care: "Care.", analytics: "Count." },
  events: [
    event(
      "motion",
      { at: t.int({ min: 0 }), samples: t.frame({ channels: ["x", "y"], units: ["g", "g"], rate: 50 }) },
      { purpose: "care", retain: "1d" },
    ),
    event(
      "tap",
      { target: t.string(), note: t.optional(t.string()) },
      {
        purpose: "analytics",
        retain: "1d",
        version: 2,
        previous: [{ version: 1, fields: { button: t.string() }, upgrade: { rename: { button: "target" } } }],
      },
    ),
  ],
  views: [],
  models: [],
});

const pseudonymise = pseudonymiser(new Uint8Array(32).fill(1));

const CANARY = "canary-9f3b";

function tap(changes: object = {}): WireEvent {
  return {
    seq: 1,
    name: "tap",
    version: 2,
    time: 5,
    user: "anna",
    consent: ["analytics"],
    properties: { target: "ok" },
    ...changes,
  };
}

function motion(seq: number, offset: number, samples: number, at = 0): WireEvent {
  return {
    seq,
    name: "motion",
    version: 1,
    time: 5,
    user: null,
    consent: ["care"],
    properties: { at, samples: { offset, samples } },
  };
}

/** What is taken of events that are all new. */
function take(events: readonly unknown[], attachment: Uint8Array = new Uint8Array(0)): TakenBatch {
  const json = JSON.stringify({ format: 1, sdk: "test/1", install: "phone", epoch: 1, sent_at: 9, events });
  const header = checkBatchHeader(JSON.parse(json), { batchEvents: 100 });
  const options = { app, pseudonymise, eventBytes: 2000, receivedAt: 10, people: NOBODY_ERASED };
  return takeBatch(
    { header, attachment, headerBytes: json.length },
    events.map((_, index) => index),
    options,
  );
}

/** The one refusal of a batch of one event. */
function refusalOf(event: unknown, attachment?: Uint8Array) {
  const { record } = take([event], attachment);
  expect(record.events).toEqual([]);
  expect(record.quarantined).toHaveLength(1);
  return record.quarantined[0]!;
}

test("an event that fits is kept under a pseudonym", () => {
  const { record } = take([tap({ consent: ["analytics", CANARY] })]);
  expect(record.events).toEqual([
    {
      seq: 1,
      name: "tap",
      version: 2,
      sent_version: 2,
      time: 5,
      subject: pseudonymise("anna", "phone"),
      key_id: null,
      consent: ["analytics"],
      properties: { target: "ok" },
    },
  ]);
  expect(JSON.stringify(record)).not.toMatch(/anna|canary/);
});

test("pseudonyms are HMAC-SHA256, cut to 32 digits", () => {
  // RFC 4231, test case 2.
  expect(pseudonymiser(Buffer.from("Jefe"))("what do ya want for nothing?", "phone")).toBe(
    "5bdcc146bf60754e6a042426089575c7",
  );
  expect(pseudonymise(null, "phone")).toBe(pseudonymise("install:phone", "other"));
  expect(pseudonymise("a", "phone")).not.toBe(pseudonymise("b", "phone"));
});

test("an older version comes out as the newest", () => {
  expect(take([tap({ version: 1, properties: { button: "go" } })]).record.events[0]).toMatchObject({
    version: 2,
    sent_version: 1,
    properties: { target: "go" },
  });
});

test("without consent nothing but number, name and reason is kept", () => {
  const refusal = refusalOf(
    tap({ consent: ["care"], user: CANARY, properties: { target: CANARY, [CANARY]: CANARY } }),
  );
  expect(refusal).toEqual({
    seq: 1,
    name: "tap",
    code: "CONSENT_MISSING",
    field: "consent",
    reason: 'expected consent to "analytics"',
    content: null,
  });
});

test.each([
  ["consent of another type", { consent: CANARY }],
  ["consent that is no list of purposes", { consent: [["analytics"]] }],
  ["no consent at all", { consent: undefined }],
  ["consent and a broken user", { consent: [], user: { [CANARY]: CANARY } }],
  ["consent and a broken time", { consent: [], time: CANARY }],
  ["consent and properties of another type", { consent: [], properties: [CANARY] }],
])("%s: nothing is kept", (_, changes) => {
  const refusal = refusalOf(tap({ properties: { target: CANARY }, ...changes }));
  expect(refusal).toMatchObject({ code: "CONSENT_MISSING", content: null });
  expect(JSON.stringify(refusal)).not.toContain(CANARY);
});

test("of an unknown event nothing is kept, its name only where it has the form of one", () => {
  expect(refusalOf(tap({ name: "toString" }))).toMatchObject({
    code: "EVENT_UNKNOWN",
    name: "",
    content: null,
  });
  expect(refusalOf(tap({ name: "__proto__" }))).toMatchObject({
    code: "EVENT_UNKNOWN",
    name: "",
    content: null,
  });
  expect(refusalOf(tap({ name: `${CANARY}@x` }))).toMatchObject({
    code: "EVENT_UNKNOWN",
    name: "",
    content: null,
  });
  expect(refusalOf(tap({ name: 7 }))).toMatchObject({ code: "EVENT_UNKNOWN", name: "", content: null });
  expect(refusalOf(tap({ name: "new_event" }))).toMatchObject({ name: "new_event", content: null });
});

test("an event that fails otherwise is kept for repair, under its pseudonym", () => {
  const refusal = refusalOf(tap({ properties: { target: 7 } }));
  expect(refusal).toMatchObject({ code: "FIELD_INVALID", field: "target" });
  expect(refusal.content).toEqual({
    subject: pseudonymise("anna", "phone"),
    version: 2,
    time: 5,
    consent: ["analytics"],
    properties: { target: 7 },
  });
  expect(refusalOf(tap({ version: CANARY })).content).toMatchObject({ version: null });
  expect(refusalOf(tap({ time: CANARY })).content).toMatchObject({ time: null });
});

test("keys of the language are fields like others", () => {
  for (const key of ["__proto__", "constructor", "toString"]) {
    const event = JSON.parse(JSON.stringify(tap()).replace('"target"', `"${key}":1,"target"`)) as unknown;
    expect(refusalOf(event)).toMatchObject({ code: "FIELD_UNKNOWN", field: key });
  }
});

test("an event of an impossible form is refused without content", () => {
  expect(refusalOf(tap({ user: 5 }))).toMatchObject({ code: "FIELD_INVALID", field: "user", content: null });
  expect(refusalOf(tap({ user: "" }))).toMatchObject({ field: "user", content: null });
  expect(refusalOf(tap({ properties: null }))).toMatchObject({ field: "properties", content: null });
  expect(refusalOf(tap({ properties: { target: { a: { b: 1 } } } }))).toMatchObject({
    field: "properties",
    content: null,
  });
  expect(refusalOf({ seq: 4 })).toMatchObject({ seq: 4, code: "EVENT_UNKNOWN", content: null });
});

test("an event that is too large or too deep is refused without content", () => {
  expect(refusalOf(tap({ properties: { target: CANARY.repeat(500) } }))).toMatchObject({
    code: "EVENT_TOO_LARGE",
    content: null,
  });
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const json = `{"format":1,"sdk":"t","install":"p","epoch":1,"sent_at":1,"events":[{"seq":1,"name":"tap","x":${deep}}]}`;
  const header = checkBatchHeader(JSON.parse(json), { batchEvents: 9 });
  const batch = { header, attachment: new Uint8Array(0), headerBytes: json.length };
  const { record } = takeBatch(batch, [0], {
    app,
    pseudonymise,
    eventBytes: 2000,
    receivedAt: 1,
    people: NOBODY_ERASED,
  });
  expect(record.quarantined[0]).toMatchObject({ code: "EVENT_TOO_LARGE", content: null });
});

test("only the samples of kept events are kept, moved together", () => {
  const attachment = encodeSamples(Float32Array.from({ length: 12 }, (_, index) => index));
  // Two channels: frames of 8 bytes a sample. The second event is invalid, the third not consented to.
  const taken = take(
    [motion(1, 32, 2), motion(2, 0, 1, -1), { ...motion(3, 8, 1), consent: [] }, motion(4, 16, 1)],
    attachment,
  );
  expect(taken.record.events.map(({ properties }) => properties["samples"])).toEqual([
    { offset: 0, samples: 2 },
    { offset: 16, samples: 1 },
  ]);
  expect([...decodeSamples(taken.attachment)]).toEqual([8, 9, 10, 11, 4, 5]);
  expect(taken.samples).toBe(3);
});

test("frames that overlap cannot make a record larger than its batch", () => {
  const attachment = encodeSamples(new Float32Array(200));
  const taken = take(
    Array.from({ length: 50 }, (_, seq) => motion(seq, 0, 100)),
    attachment,
  );
  expect(taken.attachment.length).toBe(attachment.length);
  expect(taken.record.events).toHaveLength(1);
  expect(
    taken.record.quarantined.every(({ field, content }) => field === "properties" && content === null),
  ).toBe(true);
});

test("int16 comes out as float32, beside frames that came so; two seconds missing at 50 Hz are 100 samples", () => {
  const packed = encodeFrame(Float32Array.of(1, -2, 0.5, 0.25, -1, 2), 2, {
    encoding: "int16",
    scale: [2 ** -13, 2 ** -13],
  });
  const attachment = concatBytes([encodeSamples(Float32Array.of(7, 8)), packed.bytes]);
  const gaps = [[1, 100]];
  const told = { rate: 49.5, units: ["g", "g"], gaps };
  const taken = take(
    [
      { ...motion(1, 8, 3), properties: { at: 0, samples: { offset: 8, ...packed.reference, ...told } } },
      { ...motion(2, 0, 1), properties: { at: 0, samples: { offset: 0, samples: 1, gaps: [] } } },
    ],
    attachment,
  );
  expect(taken.record.events.map(({ properties }) => properties["samples"])).toEqual([
    { offset: 0, samples: 3, rate: 49.5, gaps },
    { offset: 24, samples: 1 },
  ]);
  expect([...decodeSamples(taken.attachment)]).toEqual([1, -2, 0.5, 0.25, -1, 2, 7, 8]);
  expect([taken.samples, taken.missingSamples]).toEqual([4, 100]);
});

test.each([
  ["a rate beyond a tenth", { rate: 100 }],
  ["other units", { units: ["g", "m/s2"] }],
  [
    "gaps that fall",
    {
      gaps: [
        [0, 1],
        [0, 1],
      ],
    },
  ],
  ["no scale", { encoding: "int16" }],
])("a frame with %s is refused, and none of its samples kept", (_name, told) => {
  const event = motion(1, 0, 1);
  const changed = { ...event, properties: { at: 0, samples: { offset: 0, samples: 1, ...told } } };
  const taken = take([changed], encodeSamples(Float32Array.of(5, 5)));
  expect(taken.record.quarantined).toMatchObject([{ code: "FIELD_INVALID", field: "samples" }]);
  expect(taken.record.quarantined[0]!.content).not.toBeNull();
  expect([taken.attachment.length, taken.samples, taken.missingSamples]).toEqual([0, 0, 0]);
});

test("int16 frames that overlap make no record larger than twice its batch", () => {
  const packed = encodeFrame(new Float32Array(200), 2, { encoding: "int16" });
  const events = Array.from({ length: 50 }, (_, seq) => ({
    ...motion(seq, 0, 100),
    properties: { at: 0, samples: { offset: 0, ...packed.reference } },
  }));
  const taken = take(events, packed.bytes);
  expect(taken.attachment.length).toBe(packed.bytes.length * 2);
  expect(taken.record.events).toHaveLength(1);
});

test("a record says who its install is without a user, and an alias becomes a pseudonym", () => {
  const { record } = take([
    tap({ previous_user: "anna-before" }),
    tap({ seq: 2, user: null, previous_user: "anna-before" }),
    tap({ seq: 3 }),
  ]);
  expect(record.install_subject).toBe(pseudonymise(null, "phone"));
  expect(record.events.map(({ previous }) => previous)).toEqual([
    pseudonymise("anna-before", "phone"),
    undefined,
    undefined,
  ]);
  expect(JSON.stringify(record)).not.toContain("anna");
  for (const previous_user of ["", null, 7, "x".repeat(257), { id: "x" }]) {
    expect(refusalOf(tap({ previous_user }))).toMatchObject({ field: "previous_user", content: null });
  }
});
