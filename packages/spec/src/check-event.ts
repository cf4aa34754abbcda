import type { AppDefinition } from "./app.ts";
import type { ErrorCode } from "./error.ts";
import type { EventDefinition, Fields, PreviousVersion } from "./event.ts";
import { withhold } from "./privacy/withhold.ts";
import { frameFault } from "./frame.ts";
import type { FieldType } from "./type.ts";
import { valueFault } from "./value-fault.ts";
import { LAST_TIME } from "./wire-time.ts";
import type { WireEvent, WireValue } from "./wire.ts";

/** An event that fits its declaration, as the newest version. */
export interface CheckedEvent extends WireEvent {
  /** The version that the phone sent. */
  readonly sentVersion: number;
}

/** Why an event does not fit. `mayKeep` says whether its content may be stored in the quarantine. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly field: string;
  readonly reason: string;
  readonly mayKeep: boolean;
}

/** Outcome of {@link checkEvent}. */
export type EventCheck =
  | { readonly ok: true; readonly event: CheckedEvent }
  | { readonly ok: false; readonly refusal: Refusal };

/** What is wrong with a value of a field, or undefined. */
function faultOf(type: FieldType, value: unknown, attachmentBytes: number): string | undefined {
  return type.kind === "frame" ? frameFault(type, value, attachmentBytes) : valueFault(type, value);
}

type Properties = Readonly<Record<string, WireValue>>;

/** The refusal of the first property that does not fit, or undefined. A withheld field may be absent. */
function checkFields(
  fields: Fields,
  properties: Properties,
  attachmentBytes: number,
  isWithheld: (field: string) => boolean,
): Refusal | undefined {
  for (const [field, type] of Object.entries(fields)) {
    // Own properties only: JSON may hold keys such as "__proto__", and every object inherits a "constructor".
    const value = Object.hasOwn(properties, field) ? properties[field] : undefined;
    if (value === undefined || (value === null && type.optional)) {
      if (type.optional || isWithheld(field)) continue;
      return {
        code: "FIELD_MISSING",
        field,
        reason: `expected ${type.kind}, received nothing`,
        mayKeep: true,
      };
    }
    const fault = faultOf(type, value, attachmentBytes);
    if (fault !== undefined) return { code: "FIELD_INVALID", field, reason: fault, mayKeep: true };
  }
  return undefined;
}

/** The refusal of the first property that is not declared, or undefined. */
function checkNames(fields: Fields, properties: Properties): Refusal | undefined {
  const field = Object.keys(properties).find((name) => !Object.hasOwn(fields, name));
  if (field === undefined) return undefined;
  return { code: "FIELD_UNKNOWN", field, reason: "expected only declared fields", mayKeep: true };
}

/** Properties after one upgrade. */
function upgradeProperties(
  properties: Properties,
  { rename, defaults }: PreviousVersion["upgrade"],
): Properties {
  const nameOf = (field: string): string =>
    rename !== undefined && Object.hasOwn(rename, field) ? rename[field]! : field;
  // A null says as little as an absent field: a default stands in for both.
  const present = Object.entries(properties).filter(([, value]) => value !== null);
  return { ...defaults, ...Object.fromEntries(present.map(([field, value]) => [nameOf(field), value])) };
}

/** Properties of a published older version, brought to the newest. */
function upgradeToNewest(definition: EventDefinition, version: number, properties: Properties): Properties {
  return definition.previous
    .filter((previous) => previous.version >= version)
    .sort((left, right) => left.version - right.version)
    .reduce((current, previous) => upgradeProperties(current, previous.upgrade), properties);
}

/**
 * Holds one event of a batch against its declaration: consent first (nothing of an event without consent may be
 * kept, and fields whose own purpose is not granted are taken out before anything else looks at them), then name,
 * version and every field; an older published version comes out as the newest, and is held against that one's fields
 * too. What may be kept of a refused event is what {@link withhold} leaves of it.
 */
export function checkEvent(app: AppDefinition, raw: WireEvent, attachmentBytes: number): EventCheck {
  const refuse = (code: ErrorCode, field: string, reason: string, mayKeep: boolean): EventCheck => ({
    ok: false,
    refusal: { code, field, reason, mayKeep },
  });
  const definition = Object.hasOwn(app.events, raw.name) ? app.events[raw.name] : undefined;
  // An unknown event names no purpose, so nothing can have been consented to: its content is not kept.
  if (definition === undefined) {
    return refuse("EVENT_UNKNOWN", "name", "expected a declared event", false);
  }
  if (!raw.consent.includes(definition.purpose)) {
    return refuse("CONSENT_MISSING", "consent", `expected consent to "${definition.purpose}"`, false);
  }
  if (!Number.isSafeInteger(raw.time) || raw.time < 0 || raw.time > LAST_TIME) {
    return refuse("TIME_INVALID", "time", "expected milliseconds since 1970", true);
  }
  const fields =
    raw.version === definition.version
      ? definition.fields
      : definition.previous.find((previous) => previous.version === raw.version)?.fields;
  if (fields === undefined) {
    return refuse("EVENT_VERSION_UNKNOWN", "version", `expected a published version of "${raw.name}"`, true);
  }
  const sent = withhold(definition, raw.version, raw.consent, raw.properties);
  const refusal =
    checkFields(fields, sent.properties, attachmentBytes, sent.isWithheld) ??
    checkNames(fields, raw.properties);
  if (refusal !== undefined) return { ok: false, refusal };
  const isNewest = raw.version === definition.version;
  const upgraded = isNewest ? sent.properties : upgradeToNewest(definition, raw.version, sent.properties);
  // A default has no place in a field without consent either.
  const { properties } = withhold(definition, definition.version, raw.consent, upgraded);
  // The lake has the newest version's columns: what an upgrade leaves unlike them would stop every compaction.
  const misfit = isNewest
    ? undefined
    : (checkFields(definition.fields, properties, attachmentBytes, () => false) ??
      checkNames(definition.fields, upgraded));
  if (misfit !== undefined) return { ok: false, refusal: misfit };
  return {
    ok: true,
    event: { ...raw, version: definition.version, sentVersion: raw.version, properties },
  };
}
