import {
  concatBytes,
  encodeSamples,
  isTidelineError,
  valueFault,
  type ErrorCode,
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
  readonly properties: unknown;
  readonly options: { readonly time?: number | undefined } | undefined;
  readonly who: Pick<WireEvent, "user" | "previous_user">;
  readonly consent: readonly string[];
}

/** A frame that is packed already; `packFrame` makes and checks it. */
export interface PackedFrameValue extends Frame {
  /** A multiple of 4. */
  readonly bytes: Uint8Array;
  readonly reference: Omit<FrameReference, "offset">;
}

/** What a value will be once it has travelled, as a value of its own: nobody changes it before it is written. */
const copied = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/**
 * The draft of a call, checked as the server will check it, without the fields whose own purpose is not granted;
 * null where the person has not consented to the event's. Throws the code with which the server would quarantine it,
 * and `EVENT_TOO_LARGE`; whatever the call is made with, the error names the event and the field.
 */
export function draftEvent({ app, limits, ports }: Context, call: TrackCall): Draft | null {
  const { event, options, who: person, consent } = call;
  let code: ErrorCode = "EVENT_UNKNOWN";
  let who = "track";
  let at = "event";
  try {
    const { name, version } = event;
    who = `track "${name}"`;
    if (!Object.hasOwn(app.events, name)) fail(code, who, "name", "an event that is not declared");
    const { fields, purpose, version: declared } = app.events[name]!;
    if (!consent.includes(purpose)) return null;
    code = "TIME_INVALID";
    at = "time";
    const given = options?.time ?? ports.clock();
    const time = Math.round(given);
    if (!Number.isSafeInteger(time) || time < 0) fail(code, who, at, given);
    if (version !== declared) fail("EVENT_VERSION_UNKNOWN", who, "version", version);

    code = "FIELD_INVALID";
    at = "properties";
    const values: Record<string, unknown> = { ...(call.properties as object) };
    const properties: Record<string, WireValue> = {};
    const purposes: Record<string, string> = {};
    const parts: Uint8Array[] = [];
    let offset = 0;
    for (const [field, type] of Object.entries(fields)) {
      at = field;
      const value = values[field] ?? undefined;
      if (value === undefined && !type.optional) fail("FIELD_MISSING", who, field, "nothing", type.kind);
      if (value === undefined || (type.purpose && !consent.includes(type.purpose))) continue;
      if (type.purpose) purposes[field] = type.purpose;
      if (type.kind === "frame") {
        const { samples, values: numbers, bytes, reference } = value as PackedFrameValue;
        if (
          !(numbers instanceof Float32Array) ||
          // A whole number of samples, and of four bytes.
          (samples | 0) !== samples ||
          samples < 1 ||
          samples * type.channels.length !== numbers.length ||
          (bytes && bytes.length % 4)
        ) {
          fail(
            code,
            who,
            field,
            `${(numbers as Float32Array | undefined)?.length} values`,
            `a Float32Array of ${samples} samples`,
          );
        }
        const packed = bytes ?? encodeSamples(numbers);
        properties[field] = { ...(reference && (copied(reference) as object)), offset, samples };
        parts.push(packed);
        offset += packed.length;
      } else {
        const own = typeof value === "object" ? copied(value) : value;
        // What was received stands behind what was expected.
        const fault = valueFault(type, own);
        if (fault) fail(code, who, field, undefined, fault.slice("expected ".length));
        properties[field] = own as WireValue;
      }
    }
    const unknown = Object.keys(values).find(
      (field) => values[field] !== undefined && !Object.hasOwn(fields, field),
    );
    if (unknown !== undefined) fail("FIELD_UNKNOWN", who, unknown);
    if (offset > limits.batchBytes)
      fail("EVENT_TOO_LARGE", who, "frames", offset, `${limits.batchBytes} bytes`);
    const own = Object.keys(purposes).length > 0 && { purposes };
    return {
      header: { name, version, time, ...person, consent, properties, purpose, ...own },
      attachment: concatBytes(parts),
    };
  } catch (cause) {
    if (isTidelineError(cause)) throw cause;
    // What was thrown may be anything, too: it is not looked at.
    return fail(code, who, at, "one that cannot be read", "a plain value");
  }
}
