import {
  checkEvent,
  concatBytes,
  encodeSamples,
  tidelineError,
  type AppDefinition,
  type EventDefinition,
  type Frame,
  type WireEvent,
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

/** Properties as they travel, with the bytes of their frames. */
function packProperties({ event, properties }: TrackCall): {
  packed: Record<string, WireValue>;
  attachment: Uint8Array;
} {
  const parts: Uint8Array[] = [];
  const packed: Record<string, WireValue> = {};
  let offset = 0;
  for (const [field, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    const type = event.fields[field];
    if (type?.kind !== "frame") {
      packed[field] = value as WireValue;
      continue;
    }
    const frame = value as Partial<Frame> | null;
    const wanted = (frame?.samples ?? 0) * type.channels.length;
    if (!(frame?.values instanceof Float32Array) || frame.values.length !== wanted) {
      throw tidelineError("FIELD_INVALID", {
        who: `track "${event.name}"`,
        field,
        expected: `samples and a Float32Array of samples x ${type.channels.length} values`,
        received: `${frame?.samples} samples and ${frame?.values?.length} values`,
      });
    }
    const bytes = encodeSamples(frame.values);
    packed[field] = { offset, samples: frame.samples! };
    parts.push(bytes);
    offset += bytes.length;
  }
  return { packed, attachment: concatBytes(parts) };
}

/**
 * The draft of a call, checked as the server will check it; null where the person has not consented. Throws the
 * code with which the server would quarantine it, and `EVENT_TOO_LARGE`.
 */
export function draftEvent(app: AppDefinition, call: TrackCall, maxBytes: number): Draft | null {
  const { event, user, consent } = call;
  const { packed, attachment } = packProperties(call);
  const wire: WireEvent = {
    seq: 0,
    name: event.name,
    version: event.version,
    time: Math.round(call.time),
    user,
    consent,
    properties: packed,
  };
  const check = checkEvent(app, wire, attachment.length);
  if (check.ok) {
    if (attachment.length > maxBytes) {
      throw tidelineError("EVENT_TOO_LARGE", {
        who: `track "${event.name}"`,
        expected: `at most ${maxBytes} bytes of samples`,
        received: `${attachment.length} bytes`,
        remedy: "Cut the recording into shorter frames.",
      });
    }
    const { name, version, time, properties } = wire;
    return { event: { name, version, time, user, consent, properties }, purpose: event.purpose, attachment };
  }
  const { code, field, reason } = check.refusal;
  if (code === "CONSENT_MISSING") return null;
  throw tidelineError(code, { who: `track "${event.name}"`, field, received: reason });
}
