import type { AppDefinition } from "@tideline/spec";
import type { FleetRuntime } from "./adapter/fleet-runtime.ts";
import type { Unreliability } from "./adapter/unreliable-network.ts";
import type { Random } from "./random.ts";
import type { Cohort } from "./recording/recording.ts";

/** Phones that are unlike the others. */
const SPECIALS = [
  /** Lives in a process of its own that is killed while it sends, and goes on where it was. */
  "killed",
  /** Cannot run models at all; the person lets windows go to the endpoint. */
  "endpoint",
  /** Cannot run models at all and may not ask the endpoint. */
  "rule",
  /** Its native runtime refuses every model: the model table answers instead. */
  "broken_native",
  /** Has no native runtime, as an app on a plain Hermes: only the model table. */
  "table_only",
  /** Was built with version 1 of `tap`. */
  "older_schema",
  /** Has no consent to analytics. */
  "no_analytics",
  "clock_ahead",
  "clock_behind",
  "clock_drift",
  /** Has no connection again and again. */
  "outages",
  /** Sends batches made by hand, which hold what nobody may send. */
  "broken_sdk",
] as const;

/** Name of a way to be unlike the others. */
export type Special = (typeof SPECIALS)[number];

/**
 * Which phones of a cohort are special, by index. Those that cannot run models and the killed one are study phones,
 * so that quality on the test people is that of their own phones' models.
 */
const SPECIAL_PHONES = {
  study: [
    "killed",
    "endpoint",
    "rule",
    "older_schema",
    "no_analytics",
    "clock_ahead",
    "clock_behind",
    "clock_drift",
    "outages",
    "outages",
    "broken_native",
    "table_only",
  ],
  beta: [null, "outages", "broken_native"],
  control: [null, null, "outages", "table_only"],
} as const satisfies Record<Cohort, readonly (Special | null)[]>;

/** The special role of a cohort's phone, or null. */
export function specialOf(cohort: Cohort, index: number): Special | null {
  return SPECIAL_PHONES[cohort][index] ?? null;
}

/** What a phone is like; plain data. */
export interface Traits {
  readonly special: Special | null;
  readonly skew: { readonly offset: number; readonly drift: number };
  readonly consent: readonly string[];
  /** By name, in the order in which the platform prefers them. */
  readonly runtimes: readonly FleetRuntime[];
  readonly unreliability: Unreliability;
}

const MINUTE = 60_000;

/**
 * Runtimes of phones that do not have the native one alone. Of two that work a phone takes the one that its self-test
 * found faster, which is mostly the table; the others see to it that the loop is closed by both.
 */
const RUNTIMES: Partial<Record<Special, readonly FleetRuntime[]>> = {
  outages: ["wasm", "table"],
  endpoint: ["broken"],
  rule: ["broken"],
  broken_native: ["broken", "table"],
  table_only: ["table"],
};

const SKEWS: Partial<Record<Special, Traits["skew"]>> = {
  clock_ahead: { offset: 180 * MINUTE, drift: 0 },
  clock_behind: { offset: -20 * MINUTE, drift: 0 },
  // Ten times what a bad quartz crystal does, so that it shows within half an hour.
  clock_drift: { offset: 2 * MINUTE, drift: 0.001 },
};

/** Purpose of the events that the app analyses its use by. */
const ANALYTICS = "analytics";

/** The traits of a phone; every network loses some answers and repeats some batches. */
export function traitsOf(app: AppDefinition, special: Special | null, random: Random): Traits {
  const cloud = new Set(app.models.map(({ cloudPurpose }) => cloudPurpose));
  const consent = Object.keys(app.purposes).filter(
    (purpose) =>
      (special === "endpoint" || !cloud.has(purpose)) &&
      (special !== "no_analytics" || purpose !== ANALYTICS),
  );
  const every = 100_000;
  const outage = { every, lasts: 20_000, offset: Math.round(random.between(0, every)) };
  return {
    special,
    skew: SKEWS[special ?? "outages"] ?? { offset: 0, drift: 0 },
    consent,
    runtimes: (special === null ? undefined : RUNTIMES[special]) ?? ["wasm"],
    unreliability: { outage: special === "outages" ? outage : null, loseAnswer: 0.04, sendTwice: 0.02 },
  };
}

/** The app as it was when `tap` was at version 1. */
export function olderApp(app: AppDefinition): AppDefinition {
  const events = Object.entries(app.events).map(([name, event]) => {
    const first = event.previous.find(({ version }) => version === 1);
    if (name !== "tap" || first === undefined) return [name, event];
    return [name, { ...event, version: 1, fields: first.fields, previous: [] }];
  });
  return Object.freeze({ ...app, events: Object.freeze(Object.fromEntries(events)) });
}
