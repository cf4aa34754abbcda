import type { AppDefinition } from "../app.ts";
import { checkEvent, type Refusal } from "../check-event.ts";
import type { EventDefinition, Fields } from "../event.ts";
import type { WireEvent, WireValue } from "../wire.ts";
import { attachmentBytesOf, candidateValues } from "./candidate.ts";
import type { Witness } from "./change.ts";

/** An event of an old phone that the newer definition refuses. */
export interface Failure extends Witness {
  /** The field, by its old name, that was varied when the refusal came; null where nothing had to be. */
  readonly field: string | null;
  readonly refusal: Refusal;
}

type Properties = Record<string, WireValue | null>;

/** The fields of a version of an event, or undefined where it was never published. */
export function fieldsOf(event: EventDefinition, version: number): Fields | undefined {
  if (event.version === version) return event.fields;
  return event.previous.find((previous) => previous.version === version)?.fields;
}

/** Every type that a field of an event has or had. */
function typesOf(event: EventDefinition): readonly Fields[string][] {
  return [event.fields, ...event.previous.map(({ fields }) => fields)].flatMap((fields) =>
    Object.values(fields),
  );
}

/** The smallest definition in which an event can be checked. */
export function alone(event: EventDefinition): AppDefinition {
  return { name: "probe", purposes: {}, events: { [event.name]: event }, views: [], models: [] };
}

/**
 * Events of one version that phones of the older definition send and the newer one (undefined: it has gone) refuses,
 * one for each code and field. Found by asking {@link checkEvent} of both: with all fields and with the required ones
 * only, then with each field in turn left out and at every value where the types could differ, each under
 * consent to all purposes, to the event's alone, and to one more.
 */
export function probeVersion(
  older: EventDefinition,
  newer: EventDefinition | undefined,
  version: number,
): readonly Failure[] {
  const fields = fieldsOf(older, version);
  if (fields === undefined) return [];
  const types = [...typesOf(older), ...(newer === undefined ? [] : typesOf(newer))];
  const attachmentBytes = attachmentBytesOf(types);
  const candidates = candidateValues(types);
  const [before, after] = [alone(older), newer === undefined ? null : alone(newer)];
  const purposes = [...new Set(types.flatMap(({ purpose }) => purpose ?? []))];
  const all = [...new Set([older.purpose, ...purposes])];
  const consents = [all, [older.purpose], ...purposes.map((purpose) => [older.purpose, purpose])];
  const eventOf = (properties: Properties, consent: readonly string[]): WireEvent => ({
    seq: 1,
    name: older.name,
    version,
    time: 0,
    user: null,
    consent,
    properties: properties as WireEvent["properties"],
  });
  const failures: Failure[] = [];
  const seen = new Set<string>();
  const attempt = (field: string | null, properties: Properties): void => {
    for (const consent of consents) {
      const event = eventOf(properties, consent);
      if (!checkEvent(before, event, attachmentBytes).ok) continue;
      const answer = after === null ? null : checkEvent(after, event, attachmentBytes);
      if (answer?.ok === true) continue;
      const refusal = answer?.refusal ?? {
        code: "EVENT_UNKNOWN",
        field: "name",
        reason: "expected a declared event",
        mayKeep: false,
      };
      const key = `${refusal.code} ${refusal.field}`;
      if (!seen.has(key)) failures.push({ field, refusal, event, attachmentBytes });
      seen.add(key);
    }
  };
  const required: Properties = {};
  const whole: Properties = {};
  for (const [field, type] of Object.entries(fields)) {
    const own = alone({
      ...older,
      fields: { [field]: { ...type, optional: undefined } as never },
      previous: [],
    });
    const fits = (value: WireValue | null): boolean =>
      checkEvent(own, { ...eventOf({ [field]: value }, all), version: older.version }, attachmentBytes).ok;
    const value = candidates.find(fits);
    if (value === undefined) continue;
    whole[field] = value;
    if (type.optional !== true) required[field] = value;
  }
  for (const base of [whole, required]) {
    attempt(null, base);
    for (const field of Object.keys(fields)) {
      const { [field]: _, ...rest } = base;
      attempt(field, rest);
      for (const value of candidates) attempt(field, { ...base, [field]: value });
    }
  }
  return failures;
}
