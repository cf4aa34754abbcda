import { describe, expect, test } from "vitest";
import { activity as plain } from "../../../test/device-app.ts";
import { defineApp } from "./app.ts";
import { event, type EventDefinition } from "./event.ts";
import { count, countDistinct, view } from "./feature/index.ts";
import { model } from "./model.ts";
import { predictionEvent } from "./prediction.ts";
import { mayFeed } from "./purpose.ts";
import { t } from "./type.ts";
import { windows } from "./window.ts";

const retain = "90d";
const fields = {
  session: t.id(),
  start: t.int({ min: 0 }),
  samples: t.frame({ channels: ["acc_x", "acc_y"], units: ["g", "g"], rate: 50 }),
} as const;
const shape = {
  field: "samples",
  session: "session",
  start: "start",
  size: 8,
  hop: 4,
  gravity: { channels: ["acc_x"], cutoff: 0.3 },
} as const;
const label = { session: t.id(), activity: t.string() } as const;

const motion = event("motion", fields, { purpose: "improve", retain });
const shared = event("shared", fields, { purpose: "analytics", alsoFor: ["improve"], retain });
const counted = event("counted", fields, { purpose: "analytics", retain });
const heard = event(
  "heard",
  { ...fields, samples: t.forPurpose("voice", fields.samples) },
  { purpose: "improve", retain },
);
const annotation = event("annotation", label, { purpose: "improve", retain });
const tagged = event("tagged", label, { purpose: "analytics", retain });
const correction = event(
  "correction",
  { prediction_id: t.id(), activity: t.string(), note: t.forPurpose("voice", t.string()) },
  { purpose: "improve", retain },
);
const enrolment = event("enrolment", { cohort: t.string() }, { purpose: "improve", retain });
const prediction = predictionEvent({ purpose: "improve", retain, labels: ["still", "moving"] });

const parts = {
  ...plain,
  name: "activity",
  purpose: "improve",
  cohorts: { ...plain.cohorts, event: enrolment, field: "cohort" },
  sessionLabel: { event: annotation, session: "session", label: "activity" },
  predictionLabel: { event: correction, predictionId: "prediction_id", label: "activity", within: 1000 },
} as const;

const events: readonly EventDefinition[] = [
  motion,
  shared,
  counted,
  heard,
  annotation,
  tagged,
  correction,
  enrolment,
  prediction,
];
const declare = (made: ReturnType<typeof model>, of = events) =>
  defineApp({
    name: "small",
    purposes: { improve: "Get better.", analytics: "Count.", voice: "Hear.", cloud: "Ask." },
    events: of,
    views: [],
    models: [made],
  });

describe("a model may use data", () => {
  test.each([
    ["of its own purpose", model({ ...parts, window: windows("w", motion, shape) })],
    ["of an event that names its purpose", model({ ...parts, window: windows("w", shared, shape) })],
  ])("%s, and stays plain data", (_, made) => {
    expect(declare(made).models).toEqual([JSON.parse(JSON.stringify(made))]);
    expect(made.sessionLabel.event).toBe("annotation");
  });
});

describe("a model of another purpose compiles not and is refused", () => {
  test.each([
    // @ts-expect-error windows of an event that was collected for analytics
    ["window", model({ ...parts, window: windows("w", counted, shape) }), '"counted.samples"'],
    // @ts-expect-error a frame that needs consent to "voice" as well
    ["frame", model({ ...parts, window: windows("w", heard, shape) }), '"heard.samples"'],
    [
      "session label",
      model({
        ...parts,
        window: windows("w", motion, shape),
        // @ts-expect-error labels that were collected for analytics
        sessionLabel: { event: tagged, session: "session", label: "activity" },
      }),
      '"tagged.session"',
    ],
    [
      "prediction label",
      model({
        ...parts,
        window: windows("w", motion, shape),
        // @ts-expect-error one field of a correction needs consent to "voice" as well
        predictionLabel: { event: correction, predictionId: "prediction_id", label: "note", within: 1000 },
      }),
      '"correction.note"',
    ],
    [
      "cohort",
      model({
        ...parts,
        window: windows("w", motion, shape),
        // @ts-expect-error whom a model learns from is data too
        cohorts: { ...plain.cohorts, event: tagged, field: "activity" },
      }),
      '"tagged.activity"',
    ],
  ])("by its %s", (_, made, field) => {
    expect(() => declare(made)).toThrow(/DEFINITION_ILLEGAL/);
    expect(() => declare(made)).toThrow(`may be used for "improve", received ${field}`);
  });

  test("given by names, it is refused when the app is declared", () => {
    const named = model({ ...plain, window: windows("w", counted as EventDefinition, shape) });
    expect(() => declare(named)).toThrow(/alsoFor: \["improve"\] to event "counted"/);
  });

  test("through the predictions that corrections name", () => {
    const elsewhere = predictionEvent({ purpose: "analytics", retain, labels: ["still", "moving"] });
    const made = model({ ...parts, window: windows("w", motion, shape) });
    expect(() => declare(made, [...events.slice(0, -1), elsewhere])).toThrow(/"prediction.prediction_id"/);
  });
});

describe("a feature view with a purpose", () => {
  const entity = { name: "person", joinKey: "subject" };
  const walk = event(
    "walk",
    { screen: t.string(), place: t.forPurpose("voice", t.string()) },
    { purpose: "analytics", alsoFor: [], retain },
  );
  const app = (made: ReturnType<typeof view>) =>
    defineApp({
      name: "small",
      purposes: { improve: "", analytics: "", voice: "" },
      events: [walk],
      views: [made],
      models: [],
    });

  test("sees what may feed it", () => {
    const made = view("busy", {
      entity,
      purpose: "analytics",
      source: walk,
      features: (row) => ({ screens: countDistinct(row.screen, { within: "1h" }) }),
    });
    expect(app(made).views[0]!.purpose).toBe("analytics");
  });

  test("does not compile over another event's purpose, and is refused", () => {
    const made = view("busy", {
      entity,
      // @ts-expect-error walks were collected for analytics
      purpose: "improve",
      source: walk,
      features: () => ({ walks: count({ within: "1h" }) }),
    });
    expect(() => app(made)).toThrow(/view "busy".*"walk", collected for "analytics".*DEFINITION_ILLEGAL/);
  });

  test("does not compile over a field of another purpose, and is refused", () => {
    const made = view("busy", {
      entity,
      purpose: "analytics",
      source: walk,
      // @ts-expect-error the place needs consent to "voice" as well
      features: (row) => ({ places: countDistinct(row.place, { within: "1h" }) }),
    });
    expect(() => app(made)).toThrow(/"walk.place", collected for "voice"/);
  });
});

test("without a purpose of either side nothing is said", () => {
  expect(mayFeed({ fields: {} }, null, "improve")).toBe(true);
  expect(mayFeed(motion, "constructor", "improve")).toBe(true);
  expect(mayFeed(motion, "session", "analytics")).toBe(false);
  expect(mayFeed(shared, "session", "improve")).toBe(true);
});
