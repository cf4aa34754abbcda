import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineApp } from "../app.ts";
import { checkEvent } from "../check-event.ts";
import { consentedFields } from "../consented-fields.ts";
import { event } from "../event.ts";
import { t } from "../type.ts";
import type { WireEvent } from "../wire.ts";
import { withhold } from "./withhold.ts";

/** Version 1 called the place `spot` and asked nobody; version 2 asks. A field may be called like a method. */
const walk = event(
  "walk",
  {
    steps: t.int(),
    place: t.forPurpose("location", t.string()),
    pulse: t.forPurpose("health", t.int({ max: 250 })),
    constructor: t.optional(t.int()),
  },
  {
    purpose: "fitness",
    retain: "1d",
    version: 2,
    previous: [
      {
        version: 1,
        fields: { steps: t.int(), spot: t.string(), constructor: t.optional(t.int()) },
        upgrade: { rename: { spot: "place" }, defaults: { place: "nowhere" } },
      },
    ],
  },
);
const app = defineApp({
  name: "walks",
  purposes: { fitness: "Count steps.", location: "Draw a map.", health: "Watch the heart." },
  events: [walk],
  views: [],
  models: [],
});

const sent = (changes: Partial<WireEvent>): WireEvent => ({
  seq: 1,
  name: "walk",
  version: 2,
  time: 5,
  user: "ada",
  consent: ["fitness"],
  properties: { steps: 3 },
  ...changes,
});
const storedOf = (raw: WireEvent) => {
  const check = checkEvent(app, raw, 0);
  return check.ok ? check.event.properties : check.refusal.code;
};

describe("a field with a purpose of its own", () => {
  const properties = { steps: 3, place: "home", pulse: 80, constructor: 1 };

  test.each([
    [["fitness"], { steps: 3, constructor: 1 }],
    [["fitness", "location"], { steps: 3, place: "home", constructor: 1 }],
    [["fitness", "health", "location"], properties],
  ])("travels under %j as %j", (consent, expected) => {
    expect(storedOf(sent({ consent, properties }))).toEqual(expected);
    const names = consentedFields(walk.fields, consent);
    expect(Object.fromEntries(Object.entries(properties).filter(([name]) => names.includes(name)))).toEqual(
      expected,
    );
  });

  test("of an old version needs what it becomes, and no default stands in for it", () => {
    const old = { version: 1, properties: { steps: 3, spot: "home" } };
    expect(storedOf(sent(old))).toEqual({ steps: 3 });
    expect(storedOf(sent({ ...old, consent: ["fitness", "location"] }))).toEqual({ steps: 3, place: "home" });
    expect(storedOf(sent({ version: 1, properties: { steps: 3 }, consent: ["fitness", "location"] }))).toBe(
      "FIELD_MISSING",
    );
  });

  test("that asked for something else before needs both, and a name that nothing declares is refused, consent or not", () => {
    const moved = event(
      "walk",
      { track: t.forPurpose("health", t.string()) },
      {
        purpose: "fitness",
        retain: "1d",
        version: 2,
        previous: [
          {
            version: 1,
            fields: { spot: t.forPurpose("location", t.string()), left: t.optional(t.int()) },
            upgrade: { rename: { spot: "track" } },
          },
        ],
      },
    );
    const stored = (consent: readonly string[], properties: WireEvent["properties"]) => {
      const check = checkEvent(
        { ...app, events: { walk: moved } },
        sent({ version: 1, consent, properties }),
        0,
      );
      return check.ok ? check.event.properties : check.refusal.code;
    };
    const spot = { spot: "home" };
    expect(stored(["fitness", "location"], spot)).toEqual({});
    expect(stored(["fitness", "health"], spot)).toEqual({});
    expect(stored(["fitness", "health", "location"], spot)).toEqual({ track: "home" });
    // Also of what a quarantine would keep.
    expect(withhold(moved, 1, ["fitness", "location"], spot).names).toEqual(["spot"]);
    // The upgrade forgot `left`: that is the declaration's fault, and says so under any consent.
    expect(stored(["fitness"], { left: 1 })).toBe("FIELD_UNKNOWN");
    expect(stored(["fitness", "health", "location"], { left: 1 })).toBe("FIELD_UNKNOWN");
  });

  test("without consent is not even looked at", () => {
    const wrong = { steps: 3, pulse: 999 };
    expect(storedOf(sent({ properties: wrong }))).toEqual({ steps: 3 });
    expect(storedOf(sent({ properties: wrong, consent: ["fitness", "health"] }))).toBe("FIELD_INVALID");
  });
});

test("whatever the version and the name, nothing is left that could be such a field without its consent", () => {
  const name = fc.oneof(
    fc.constantFrom("steps", "place", "spot", "pulse", "pluse", "__proto__", "constructor"),
    fc.string(),
  );
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.constant("canary")),
      fc.integer({ min: 0, max: 4 }),
      fc.subarray(["fitness", "location", "health"]),
      (properties, version, consent) => {
        const left = withhold(walk, version, consent, properties);
        const has = (...purposes: string[]) =>
          purposes.every((purpose) => consent.includes(purpose as never));
        for (const field of Object.keys(left.properties)) {
          const held =
            field === "steps" || field === "constructor"
              ? true
              : field === "place" && version !== 1
                ? has("location")
                : field === "spot" && version !== 2
                  ? has("location")
                  : field === "pulse" && version !== 1
                    ? has("health")
                    : has("location", "health");
          expect(held, field).toBe(true);
        }
        expect(left.names.length + Object.keys(left.properties).length).toBe(Object.keys(properties).length);
      },
    ),
  );
});

test("an event without such fields is left as it is, the same object", () => {
  const plain = event("plain", { steps: t.int() }, { purpose: "fitness", retain: "1d" });
  const properties = { steps: 1, more: "x" };
  expect(withhold(plain, 1, [], properties).properties).toBe(properties);
});
