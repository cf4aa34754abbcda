import {
  concatBytes,
  encodeSamples,
  valueFault,
  type EventDefinition,
  type Frame,
  type FrameReference,
  type WireEvent,
  type WireValue,
} from "@tideline/spec";
import type { Context } from "./context.ts";
import { fail } from "./fail.ts";
import type { Draft } from "./queue.ts";

/** What `track` was called with. */
export interface TrackCall {
  readonly event: EventDefinition;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly time: number;
  readonly who: Pick<WireEvent, "user" | "previous_user">;
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
export function draftEvent({ app, limits }: Context, call: TrackCall): Draft | null {
  const { event, properties: given, who: person, consent } = call;
  const { name, version } = event;
  const who = `track "${name}"`;
  const time = Math.round(call.time);
  if (!Object.hasOwn(app.events, name)) fail("EVENT_UNKNOWN", who, "name", "an event that is not declared");
  const { fields, purpose, version: declared } = app.events[name]!;
  if (!consent.includes(purpose)) return null;
  if (!Number.isSafeInteger(time) || time < 0) fail("TIME_INVALID", who, "time", call.time);
  if (version !== declared) fail("EVENT_VERSION_UNKNOWN", who, "version", version);

  const properties: Record<string, WireValue> = {};
  const purposes: Record<string, string> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [field, type] of Object.entries(fields)) {
    const value = given[field] ?? undefined;
    if (value === undefined && !type.optional) fail("FIELD_MISSING", who, field);
    if (value === undefined || (type.purpose && !consent.includes(type.purpose))) continue;
    if (type.purpose) purposes[field] = type.purpose;
    if (type.kind === "frame") {
      const { samples, values, bytes = encodeSamples(values), reference } = value as PackedFrameValue;
      if (!(samples > 0 && samples * type.channels.length === values.length)) {
        fail("FIELD_INVALID", who, field, `${values.length} values`, `${samples} samples`);
      }
      properties[field] = { ...reference, offset, samples };
      parts.push(bytes);
      offset += bytes.length;
    } else {
      const fault = valueFault(type, value);
      if (fault) fail("FIELD_INVALID", who, field, fault);
      properties[field] = value as WireValue;
    }
  }
  const unknown = Object.keys(given).find(
    (field) => given[field] !== undefined && !Object.hasOwn(fields, field),
  );
  if (unknown !== undefined) fail("FIELD_UNKNOWN", who, unknown);
  if (offset > limits.batchBytes)
    fail("EVENT_TOO_LARGE", who, "frames", offset, `${limits.batchBytes} bytes`);
  const own = Object.keys(purposes).length > 0 && { purposes };
  return {
    header: { name, version, time, ...person, consent, properties, purpose, ...own },
    attachment: concatBytes(parts),
  };
}
