import {
  checkEvent,
  withhold,
  type AppDefinition,
  type CheckedEvent,
  type Refusal,
  type WireEvent,
} from "@tideline/spec";

/**
 * Outcome of {@link screenEvent}. `event` is there where its content may be kept, without the fields that the person
 * did not consent to; `withheld` counts these.
 */
export type Screening = { readonly withheld: number } & (
  | { readonly ok: true; readonly event: CheckedEvent }
  | { readonly ok: false; readonly refusal: Refusal; readonly event: WireEvent | null }
);

/** Bounds of a user id, in UTF-16 units. */
const USER_LENGTH = 256;

function isScalar(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

/** Whether a value is a scalar, or a list of scalars or of such lists, nested at most `depth` deep. */
function isList(value: unknown, depth: number): boolean {
  if (isScalar(value)) return true;
  return depth > 0 && Array.isArray(value) && value.every((item) => isList(item, depth - 1));
}

/** Whether a value can be one of a property: a scalar, a list of numbers, or an object of scalars and lists (a frame). */
function isFlat(value: unknown): boolean {
  return isList(value, 1) || (isObject(value) && Object.values(value).every((member) => isList(member, 2)));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isUserId(value: unknown): boolean {
  return typeof value === "string" && value.length > 0 && value.length <= USER_LENGTH;
}

/** Which part of an event has not even the form of one, or undefined. */
function malformedField(raw: Record<string, unknown>): { field: string; reason: string } | undefined {
  const { user, previous_user: previous, properties } = raw;
  if (user !== null && !isUserId(user)) {
    return { field: "user", reason: `expected null or 1 to ${USER_LENGTH} characters` };
  }
  if (previous !== undefined && !isUserId(previous)) {
    return { field: "previous_user", reason: `expected 1 to ${USER_LENGTH} characters` };
  }
  if (!isObject(properties)) return { field: "properties", reason: "expected an object" };
  if (!Object.values(properties).every(isFlat)) {
    return { field: "properties", reason: "expected scalars, arrays of numbers and frames" };
  }
  return undefined;
}

/**
 * Holds an event of any JSON against an app's declaration. Consent comes first: of an event without it, of an
 * unknown one and of one too malformed to tell, nothing may be kept. One that names no consent has none.
 *
 * @param purposes the only ones that count as consented to; null, or left out, where the event decides
 */
export function screenEvent(
  app: AppDefinition,
  raw: Record<string, unknown> & { readonly seq: number },
  attachmentBytes: number,
  purposes: ReadonlySet<string> | null = null,
): Screening {
  const name = typeof raw["name"] === "string" ? raw["name"] : "";
  const consent: unknown = raw["consent"];
  const isListed = Array.isArray(consent) && consent.every((purpose) => typeof purpose === "string");
  const granted: readonly string[] = isListed ? consent : [];
  const fault = malformedField(raw);
  const whole = {
    ...raw,
    name,
    consent: purposes === null ? granted : granted.filter((purpose) => purposes.has(purpose)),
    properties: fault === undefined ? raw["properties"] : {},
  } as unknown as WireEvent;
  const definition = Object.hasOwn(app.events, name) ? app.events[name] : undefined;
  const left = definition && withhold(definition, whole.version, whole.consent, whole.properties);
  const event = left === undefined ? whole : { ...whole, properties: left.properties };
  const withheld = left?.names.length ?? 0;
  const check = checkEvent(app, whole, attachmentBytes);
  const mayKeep = check.ok || check.refusal.mayKeep;
  if (mayKeep && fault !== undefined) {
    return { ok: false, refusal: { code: "FIELD_INVALID", ...fault, mayKeep: false }, event: null, withheld };
  }
  if (check.ok) return { ok: true, event: check.event, withheld };
  return { ok: false, refusal: check.refusal, event: mayKeep ? event : null, withheld };
}
