import { contentHash } from "./content-hash.ts";
import { tidelineError } from "./error.ts";
import { eventFault } from "./event-fault.ts";
import type { EventDefinition } from "./event.ts";
import type { FeatureView } from "./feature/index.ts";
import type { ModelDefinition } from "./model.ts";
import type { PrivacyDeclaration } from "./privacy/declaration.ts";
import { firstMisuse } from "./purpose.ts";
import type { Digest, TextCodec } from "./port.ts";
import { UPDATE_EVENT } from "./release-event.ts";
import { parseRegion } from "./wire-region.ts";

/** Everything that an app declares, once. Plain data: the phone, the server and the documentation read the same. */
export interface AppDefinition {
  readonly name: string;
  /** Each purpose with the words that a person reads. */
  readonly purposes: Readonly<Record<string, string>>;
  /**
   * Purposes without which the app does not work, so that a signal such as Global Privacy Control does not switch
   * them off. Absent: none.
   */
  readonly essential?: readonly string[];
  /** What the stores are told beside what events declare. */
  readonly privacy?: PrivacyDeclaration;
  /**
   * The region in which alone the people's data may lie, by `parseRegion`: folders of this definition are stamped with
   * it. Absent where a definition serves several regions, each with its own folder, or none.
   */
  readonly residency?: string;
  readonly events: Readonly<Record<string, EventDefinition>>;
  readonly views: readonly FeatureView[];
  readonly models: readonly ModelDefinition[];
}

/** Names that the lake's own columns take. */
const RESERVED = new Set([
  "install_id",
  "epoch",
  "seq",
  "subject",
  "key_id",
  "schema_version",
  "event_time",
  "sent_time",
  "received_time",
  "known_time",
  "time",
  "consent",
  "previous_subject",
]);

/**
 * Declares an app. Names are checked here, so that they are safe as columns and paths later.
 *
 * @example
 * export const app = defineApp({ name: "gym", purposes, events: [motion, tap], views: [], models: [activity] });
 */
export function defineApp(options: {
  name: string;
  purposes: Readonly<Record<string, string>>;
  essential?: readonly string[];
  privacy?: PrivacyDeclaration;
  residency?: string;
  events: readonly EventDefinition[];
  views: readonly FeatureView[];
  models: readonly ModelDefinition[];
}): AppDefinition {
  const refuse = (field: string, expected: string, received: string): never => {
    throw tidelineError("DEFINITION_ILLEGAL", { who: `app "${options.name}"`, field, expected, received });
  };
  // Definitions are also written in JavaScript, where no compiler misses them.
  for (const member of ["events", "views", "models"] as const) {
    const value: unknown = options[member];
    if (!Array.isArray(value)) refuse(member, "a list, which may be empty", typeof value);
  }
  const name = /^[a-z][a-z0-9_]{0,62}$/;
  const mustBeDeclared = (field: string, purpose: string): void => {
    if (Object.hasOwn(options.purposes, purpose)) return;
    refuse(field, `one of ${Object.keys(options.purposes).join(", ")}`, purpose);
  };
  for (const purpose of options.essential ?? []) mustBeDeclared("essential", purpose);
  for (const purpose of Object.keys(options.privacy?.purposes ?? {})) {
    mustBeDeclared("privacy.purposes", purpose);
  }
  const residency = options.residency === undefined ? undefined : parseRegion(options.residency);
  if (residency === null) {
    refuse("residency", "at most 32 letters, digits and hyphens between them", String(options.residency));
  }
  const events: Record<string, EventDefinition> = {};
  for (const event of options.events) {
    if (!name.test(event.name)) refuse("events", "a snake_case name", event.name);
    if (events[event.name] !== undefined) refuse("events", "no event twice", event.name);
    mustBeDeclared(`event "${event.name}".purpose`, event.purpose);
    for (const fields of [event.fields, ...event.previous.map((previous) => previous.fields)]) {
      for (const [field, { purpose }] of Object.entries(fields)) {
        if (purpose !== undefined) mustBeDeclared(`event "${event.name}".${field}`, purpose);
      }
    }
    for (const field of Object.keys(event.fields)) {
      if (!name.test(field) || RESERVED.has(field)) {
        refuse(`event "${event.name}"`, "snake_case fields that are no column of the lake's own", field);
      }
    }
    const fault = eventFault(event);
    if (fault !== undefined) refuse(fault.field, fault.expected, fault.received);
    events[event.name] = event;
  }
  for (const model of options.models) {
    for (const source of [
      model.window.event,
      model.sessionLabel.event,
      model.predictionLabel.event,
      model.cohorts.event,
    ]) {
      if (events[source] === undefined) refuse(`model "${model.name}"`, "declared events", source);
    }
    for (const purpose of [model.purpose, model.cloudPurpose]) {
      if (!Object.hasOwn(options.purposes, purpose))
        refuse(`model "${model.name}"`, "declared purposes", purpose);
    }
    const first = model.rollout?.shares[0] ?? 1;
    if (first < 1 && events[UPDATE_EVENT] === undefined) {
      // The loop widens by what phones report: without that a release would stay at its first share for ever.
      refuse(
        `model "${model.name}".rollout`,
        `updateEvent() among the events, or shares: [1]`,
        `shares from ${first}, and no "${UPDATE_EVENT}"`,
      );
    }
  }
  for (const { name: who, purpose } of options.views) {
    if (purpose !== undefined) mustBeDeclared(`view "${who}".purpose`, purpose);
  }
  for (const event of options.events) {
    for (const purpose of event.alsoFor ?? []) mustBeDeclared(`event "${event.name}".alsoFor`, purpose);
  }
  const misuse = firstMisuse(options, events);
  if (misuse !== undefined) {
    const { who, purpose, event, field } = misuse;
    const own = (field === null ? undefined : event.fields[field]?.purpose) ?? event.purpose;
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: `app "${options.name}"`,
      field: who,
      expected: `data that may be used for "${purpose}"`,
      received: `"${event.name}${field === null ? "" : `.${field}`}", collected for "${own}"`,
      remedy: `Add alsoFor: ["${purpose}"] to event "${event.name}" and say so to people, or give both the same purpose.`,
    });
  }
  return Object.freeze({
    name: options.name,
    purposes: options.purposes,
    ...(options.essential === undefined ? {} : { essential: options.essential }),
    ...(options.privacy === undefined ? {} : { privacy: options.privacy }),
    ...(residency == null ? {} : { residency }),
    events: Object.freeze(events),
    views: options.views,
    models: options.models,
  });
}

/** The content address of a definition, the same on the phone and on the server. */
export function definitionHash(
  app: AppDefinition,
  ports: { readonly digest: Digest; readonly text: TextCodec },
): Promise<string> {
  return contentHash(app, ports);
}
