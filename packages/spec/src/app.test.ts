import { describe, expect, test } from "vitest";
import { activity, app, motion, tap } from "../../../test/device-app.ts";
import { defineApp } from "./app.ts";
import { event, type Fields } from "./event.ts";
import { model, type ModelDefinition } from "./model.ts";
import { updateEvent } from "./release-event.ts";
import { t } from "./type.ts";

const { name, purposes, views, models } = app;
const options = { name, purposes, events: Object.values(app.events), views, models };
const declare = (fields: Fields, purpose = "improve", of = "walk") =>
  event(of, fields, { purpose, retain: "1d" });

test("an app is plain data, frozen", () => {
  const made = defineApp(options);
  expect(made).toEqual(app);
  expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  expect(Object.isFrozen(made) && Object.isFrozen(made.events)).toBe(true);
});

test("a release that reaches some phones first needs an event by which they tell how it runs", () => {
  const staged = (...shares: number[]) => ({
    ...options,
    models: [{ ...activity, rollout: { shares, each: 0, minPhones: 3, mostFailing: 0.1 } }],
  });
  expect(() => defineApp(staged(0.1, 1))).toThrow(/rollout.*updateEvent\(\).*0\.1.*DEFINITION_ILLEGAL/);
  expect(() => defineApp(staged(1))).not.toThrow();
  const told = updateEvent({ purpose: "improve", retain: "90d" });
  expect(() => defineApp({ ...staged(0.1, 1), events: [...options.events, told] })).not.toThrow();
});

describe("an app is refused", () => {
  test.each([
    ["with an event twice", { events: [...options.events, tap] }, /no event twice/],
    ["with a purpose that is not declared", { events: [declare({}, "sell")], models: [] }, /purpose/],
    [
      "with a field's purpose that is not declared",
      { events: [declare({ a: t.forPurpose("sell", t.int()) })], models: [] },
      /"walk".a.*sell/,
    ],
    ["with an essential purpose that is not declared", { essential: ["toString"] }, /essential/],
    ["with a name that is no column", { events: [declare({}, "improve", "Walk")], models: [] }, /snake_case/],
    ["with a field of the lake", { events: [declare({ subject: t.int() })], models: [] }, /lake's own/],
    [
      "with a field that is no column",
      { events: [declare({ 'a"; drop': t.int() })], models: [] },
      /snake_case/,
    ],
    ["with a model whose events are missing", { events: [motion] }, /declared events/],
    ["with a model whose purposes are missing", { purposes: { improve: "", analytics: "" } }, /purposes/],
  ])("%s", (_, change, message) => {
    expect(() => defineApp({ ...options, ...change })).toThrow(message);
    expect(() => defineApp({ ...options, ...change })).toThrow(/DEFINITION_ILLEGAL/);
  });
});

test.each(["events", "views", "models"] as const)("one without %s is refused in words", (list) => {
  const { [list]: _, ...rest } = options;
  expect(() => defineApp(rest as typeof options)).toThrow(
    `app "${name}": ${list}: expected a list, which may be empty, received undefined [DEFINITION_ILLEGAL]`,
  );
});

describe("a model is refused", () => {
  test.each<[string, Partial<ModelDefinition>, RegExp]>([
    ["with one label", { labels: ["still"] }, /at least 2/],
    ["with a label twice", { labels: ["still", "moving", "still"] }, /no label twice/],
    [
      "with people who teach and are the control group",
      { cohorts: { ...activity.cohorts, control: ["study"] } },
      /cohorts.*no cohort twice/,
    ],
    ["with nothing to choose from", { candidates: { C: [] } }, /candidates.C.*above 0/],
    ["with a penalty that has no strength", { candidates: { C: [1, 0] } }, /candidates.C.*above 0/],
    ["with signals of other channels", { signals: { ...activity.signals, channels: [] } }, /channels/],
    ["with a rule that answers something else", { fallback: { when: [], otherwise: "x" } }, /fallback/],
  ])("%s", (_, change, message) => {
    expect(() => model({ ...activity, ...change })).toThrow(message);
    expect(() => model({ ...activity, ...change })).toThrow(/DEFINITION_ILLEGAL/);
  });
});
