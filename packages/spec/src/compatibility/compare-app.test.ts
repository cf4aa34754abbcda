import { describe, expect, test } from "vitest";
import { app, activity, gait, motion, tap } from "../../../../test/device-app.ts";
import { defineApp, type AppDefinition } from "../app.ts";
import { event, type EventDefinition } from "../event.ts";
import { count, view } from "../feature/index.ts";
import { t } from "../type.ts";
import { isCompatible, type Change, type Verdict } from "./change.ts";
import { compareApps } from "./compare-app.ts";

/** The app with some of it changed. */
function changed(changes: Partial<AppDefinition>, events: readonly EventDefinition[] = []): AppDefinition {
  const of = Object.fromEntries(events.map((one) => [one.name, one]));
  return { ...app, ...changes, events: { ...app.events, ...of } };
}
const newTap = (fields: EventDefinition["fields"], options: Partial<EventDefinition> = {}) =>
  changed({}, [{ ...tap, fields, ...options }]);
const breaking = (to: AppDefinition, from: AppDefinition = app): readonly Change[] =>
  compareApps(from, to).filter(({ verdict }) => verdict !== "compatible");
const verdicts = (to: AppDefinition, from: AppDefinition = app): readonly string[] =>
  breaking(to, from).map(({ verdict, where }) => `${verdict}: ${where}`);

test("a definition is compatible with itself, and with nothing more than additions", () => {
  expect(compareApps(app, JSON.parse(JSON.stringify(app)) as AppDefinition)).toEqual([]);
  const more = changed({ purposes: { ...app.purposes, more: "More." } }, [
    { ...tap, fields: { ...tap.fields, screen: t.optional(t.string()) } },
    event("scroll", { by: t.int() }, { purpose: "analytics", retain: "1d" }),
  ]);
  const changes = compareApps(app, more);
  expect(isCompatible(changes)).toBe(true);
  expect(changes.map(({ where }) => where)).toEqual([
    'purpose "more"',
    'event "tap".screen',
    'event "scroll"',
  ]);
});

describe("an event", () => {
  test.each<[string, AppDefinition, Verdict, RegExp]>([
    ["loses a field", newTap({ target: t.string() }), "needs_version", /removed: optional integer/],
    ["gains a required one", newTap({ ...tap.fields, screen: t.string() }), "needs_version", /added: text/],
    [
      "requires what was optional",
      newTap({ ...tap.fields, count: t.int({ min: 0 }) }),
      "needs_version",
      /optional integer of at least 0 became integer of at least 0/,
    ],
    [
      "narrows a range",
      newTap({ ...tap.fields, count: t.optional(t.int({ min: 0, max: 9 })) }),
      "needs_version",
      /became optional integer from 0 to 9/,
    ],
    [
      "shortens a text",
      newTap({ ...tap.fields, target: t.string({ maxLength: 8 }) }),
      "needs_version",
      /at most 8/,
    ],
    [
      "changes a kind",
      newTap({ ...tap.fields, target: t.int() }),
      "needs_version",
      /text of at most 256 characters became integer/,
    ],
  ])("that %s in place needs a new version, and the code says how", (_, to, verdict, what) => {
    const [change, ...others] = breaking(to);
    expect(others).toEqual([]);
    expect(change!.what).toMatch(what);
    expect(change).toMatchObject({
      verdict,
      where: expect.stringMatching(/^event "tap"\./),
      why: expect.stringContaining("the server now refuses"),
      remedy: expect.stringContaining(
        "version: 2, previous: [{ version: 1, fields: { target: t.string(), count: t.optional(t.int({ min: 0 })) }",
      ),
      witness: { event: { name: "tap", version: 1 } },
    });
  });

  test("whose list of answers loses one needs a new version; one more is compatible", () => {
    const asked = (oneOf: string[]) =>
      changed({}, [event("answer", { word: t.string({ oneOf }) }, { purpose: "improve", retain: "1d" })]);
    const from = asked(["yes", "no"]);
    expect(breaking(asked(["yes"]), from)).toMatchObject([
      { verdict: "needs_version", witness: { event: { properties: { word: "no" } } } },
    ]);
    expect(breaking(asked(["yes", "no", "maybe"]), from)).toEqual([]);
  });

  test("whose unit, rate or channels change needs a new name: nothing is refused, but the numbers lie", () => {
    const metres = (unit: string) =>
      changed({}, [event("walk", { way: t.float({ unit }) }, { purpose: "improve", retain: "1d" })]);
    expect(breaking(metres("km"), metres("m"))).toMatchObject([
      { verdict: "needs_version", why: expect.stringContaining("something else") },
    ]);
    const swapped = { channels: ["acc_y", "acc_x"], units: ["g", "g"], rate: 50 };
    const frames = changed({}, [{ ...motion, fields: { ...motion.fields, samples: t.frame(swapped) } }]);
    expect(verdicts(frames)).toEqual(['needs_version: event "motion".samples']);
    const faster = { channels: ["acc_x", "acc_y"], units: ["g", "g"], rate: 100 };
    const [change] = breaking(
      changed({}, [{ ...motion, fields: { ...motion.fields, samples: t.frame(faster) } }]),
    );
    expect(change).toMatchObject({
      verdict: "needs_version",
      what: expect.stringMatching(/at 50 Hz.*100 Hz/),
    });
  });

  test("that has gone, or whose version went up without its entry, breaks old phones", () => {
    const { tap: _, ...events } = app.events;
    expect(breaking({ ...app, events })).toMatchObject([
      { verdict: "breaks_phones", where: 'event "tap"', what: "removed", witness: {} },
    ]);
    const [bumped] = breaking(newTap({ button: t.string() }, { version: 2 }));
    expect(bumped).toMatchObject({
      verdict: "breaks_phones",
      remedy: expect.stringContaining('upgrade: { rename: { target: "button" } } }'),
    });
    expect(verdicts(app, newTap(tap.fields, { version: 2 }))).toEqual([
      'breaks_phones: event "tap" version 2',
    ]);
  });

  test("raised with an entry is compatible, and its upgrade is tried out", () => {
    const fields = { button: t.string(), screen: t.string() };
    const entry = { version: 1, fields: tap.fields };
    const raise = (upgrade: EventDefinition["previous"][number]["upgrade"]) =>
      newTap(
        { ...fields, count: t.optional(t.int({ min: 0 })) },
        { version: 2, previous: [{ ...entry, upgrade }] },
      );
    expect(verdicts(raise({ rename: { target: "button" }, defaults: { screen: "unknown" } }))).toEqual([]);
    expect(breaking(raise({ rename: { target: "button" } }))).toMatchObject([
      { verdict: "breaks_phones", what: 'its upgrade leaves "screen" unlike version 2' },
    ]);
    expect(verdicts(raise({}))).not.toEqual([]);
  });

  test("whose upgrade hands on numbers of another unit under the same or a new name breaks old phones", () => {
    const walk = (unit: string, options: Partial<EventDefinition> = {}) =>
      changed({}, [
        { ...event("walk", { way: t.float({ unit }) }, { purpose: "improve", retain: "1d" }), ...options },
      ]);
    const previous = [{ version: 1, fields: { way: t.float({ unit: "m" }) }, upgrade: {} }];
    expect(breaking(walk("km", { version: 2, previous }), walk("m"))).toMatchObject([
      {
        verdict: "breaks_phones",
        where: 'event "walk" version 1.way',
        what: expect.stringContaining("in km"),
      },
    ]);
    expect(breaking(walk("m", { version: 2, previous }), walk("m"))).toEqual([]);
  });

  test("whose promise changes needs consent anew", () => {
    expect(verdicts(newTap(tap.fields, { purpose: "improve" }))).toEqual([
      'changes_consent: event "tap".purpose',
    ]);
    expect(verdicts(newTap(tap.fields, { retain: "91d" }))).toEqual(['changes_consent: event "tap".retain']);
    expect(verdicts(newTap(tap.fields, { retain: "for ever" }))).toEqual([
      'changes_consent: event "tap".retain',
    ]);
    expect(verdicts(newTap(tap.fields, { retain: "12w" }))).toEqual([]);
    expect(verdicts(newTap(tap.fields, { alsoFor: ["improve"] }))).toEqual([
      'changes_consent: event "tap".alsoFor',
    ]);
    const asked = newTap({ ...tap.fields, count: t.forPurpose("improve", t.int({ min: 0 })) });
    expect(verdicts(asked)).toEqual([]);
    expect(verdicts(app, asked)).toEqual(['changes_consent: event "tap".count']);
    // A new version does not hide that people were never asked.
    const { previous } = asked.events["tap"]!;
    const stepped = newTap(tap.fields, {
      version: tap.version + 1,
      previous: [
        ...previous,
        { version: tap.version, fields: asked.events["tap"]!.fields, upgrade: { defaults: { count: 0 } } },
      ],
    });
    expect(verdicts(stepped, asked).filter((verdict) => verdict.startsWith("changes_consent"))).toHaveLength(
      1,
    );
  });
});

describe("an app", () => {
  test("whose words change asks again; an essential purpose takes away an opt-out", () => {
    const purposes = { ...app.purposes, analytics: "Count, and sell." };
    expect(verdicts(changed({ purposes }))).toEqual(['changes_consent: purpose "analytics"']);
    expect(verdicts(changed({ essential: ["analytics"] }))).toEqual([
      'changes_consent: essential "analytics"',
    ]);
  });

  test("of another name gives old phones no release", () => {
    expect(verdicts(changed({ name: "other" }))).toEqual(['invalidates_models: app "small"']);
  });

  test("says what becomes of models and views", () => {
    const of = (changes: Partial<typeof activity>) => changed({ models: [{ ...activity, ...changes }] });
    expect(verdicts(of({ window: { ...gait, hop: 8 } }))).toEqual([
      'invalidates_models: model "activity".window',
    ]);
    expect(verdicts(of({ labels: ["moving", "still"] }))).toEqual([
      'invalidates_models: model "activity".labels',
    ]);
    expect(
      verdicts(of({ signals: { ...activity.signals, features: [{ kind: "correlation", pairs: [] }] } })),
    ).toEqual(['invalidates_models: model "activity".signals']);
    expect(verdicts(of({ cohorts: { ...activity.cohorts, control: ["x"] } }))).toHaveLength(1);
    expect(verdicts(of({ purpose: "analytics" }))).toEqual(['changes_consent: model "activity".purpose']);
    expect(verdicts(of({ candidates: { C: [2] } }))).toEqual([]);
    expect(verdicts(changed({ models: [] }))).toEqual(['invalidates_models: model "activity"']);
    const busy = (within: "1h" | "2h") =>
      view("busy", {
        entity: { name: "person", joinKey: "subject" },
        source: tap,
        features: () => ({ taps: count({ within }) }),
      });
    const [one, two] = [busy("1h"), busy("2h")].map((made) => changed({ views: [made] }));
    expect(verdicts(two!, one)).toEqual(['invalidates_models: view "busy".taps']);
    expect(verdicts(app, one)).toEqual(['invalidates_models: view "busy"']);
    expect(verdicts(one!)).toEqual([]);
  });

  test("of the remedy is compatible", () => {
    const raised = event(
      "tap",
      { target: t.string({ maxLength: 300 }), count: t.optional(t.int({ min: 0 })), screen: t.string() },
      {
        purpose: "analytics",
        retain: "90d",
        version: 2,
        // As `needs_version` wrote it for a screen that is required.
        previous: [
          {
            version: 1,
            fields: { target: t.string(), count: t.optional(t.int({ min: 0 })) },
            upgrade: { defaults: { screen: "unknown" } },
          },
        ],
      },
    );
    const to = defineApp({ ...changed({}, [raised]), events: Object.values(changed({}, [raised]).events) });
    expect(breaking(to)).toEqual([]);
  });
});
