import {
  concatBytes,
  encodeSamples,
  tidelineError,
  valueFault,
  type AppDefinition,
  type ErrorCode,
  type EventDefinition,
  type Frame,
  type FrameReference,
  type WireValue,
} from "@tideline/spec";
import type { Draft } from "./queue.ts";

/** What `track` was called with. */
export interface TrackCall {
  readonly event: EventDefinition;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly time: number;
  readonly user: string | null;
  readonly consent: readonly string[];
}

/** A frame that is packed already; `packFrame` makes and checks it. */
export interface PackedFrameValue extends Frame {
  /** A multiple of 4. */
  readonly bytes: Uint8Array;
  readonly reference: Omit<FrameReference, "offset">;
}

/**
 * The draft of a call, checked as the server will check it, without the fields whose own purpose is not granted;
 * null where the person has not consented to the event's. Throws the code with which the server would quarantine it,
 * and `EVENT_TOO_LARGE`.
 */
export function draftEvent(app: AppDefinition, call: TrackCall, maxBytes: number): Draft | null {
  const { event, properties: given, user, consent } = call;
  const { name, version } = event;
  const time = Math.round(call.time);
  const refuse = (code: ErrorCode, field: string, received: string): never => {
    throw tidelineError(code, { who: `track "${name}"`, field, received });
  };
  if (!Object.hasOwn(app.events, name)) refuse("EVENT_UNKNOWN", "name", "an event that is not declared");
  const { fields, purpose, version: declared } = app.events[name]!;
  if (!consent.includes(purpose)) return null;
  if (!Number.isSafeInteger(time) || time < 0) refuse("TIME_INVALID", "time", `${call.time}`);
  if (version !== declared) refuse("EVENT_VERSION_UNKNOWN", "version", `${version}`);

  const properties: Record<string, WireValue> = {};
  const purposes: Record<string, string> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [field, type] of Object.entries(fields)) {
    const value = given[field] ?? undefined;
    if (value === undefined && !type.optional) refuse("FIELD_MISSING", field, "nothing");
    if (value === undefined || (type.purpose !== undefined && !consent.includes(type.purpose))) continue;
    if (type.purpose !== undefined) purposes[field] = type.purpose;
    if (type.kind !== "frame") {
      const fault = valueFault(type, value);
      if (fault !== undefined) refuse("FIELD_INVALID", field, fault);
      properties[field] = value as WireValue;
      continue;
    }
    const { samples, values, bytes: packed, reference = { samples } } = value as PackedFrameValue;
    const count = values instanceof Float32Array ? values.length : -1;
    if (!(samples > 0 && samples * type.channels.length === count)) {
      refuse(
        "FIELD_INVALID",
        field,
        `${samples} samples of ${type.channels.length} values in ${count} values`,
      );
    }
    const bytes = packed ?? encodeSamples(values);
    properties[field] = { offset, ...reference };
    parts.push(bytes);
    offset += bytes.length;
  }
  const unknown = Object.keys(given).find(
    (field) => given[field] !== undefined && !Object.hasOwn(fields, field),
  );
  if (unknown !== undefined) refuse("FIELD_UNKNOWN", unknown, "a field that is not declared");
  if (offset > maxBytes) refuse("EVENT_TOO_LARGE", "frames", `${offset} bytes of samples, above ${maxBytes}`);
  return {
    event: { name, version, time, user, consent, properties },
    purpose,
    ...(Object.keys(purposes).length > 0 && { purposes }),
    attachment: concatBytes(parts),
  };
}
