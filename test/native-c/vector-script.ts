import {
  consentedFields,
  decodeFrame,
  type AppDefinition,
  type EventDefinition,
  type FieldType,
  type FrameReference,
  type WireEvent,
  type WireValue,
} from "@tideline/spec";

/** Header of a batch, as a vector states it. */
export interface VectorHeader {
  readonly sdk: string;
  readonly install: string;
  readonly epoch: number;
  readonly sent_at: number;
  readonly proof?: string;
  readonly events: readonly (WireEvent & { readonly previous_user?: string })[];
}

const hex = (text: string): string => Buffer.from(text).toString("hex");
const line = (...parts: readonly unknown[]): string => parts.map((part) => part ?? "-").join("\t");
function frameLine(
  name: string,
  reference: FrameReference,
  channels: number,
  attachment: Uint8Array,
): string {
  const { encoding = "float32", rate = 0, units, scale, gaps, samples } = reference;
  const values = decodeFrame(attachment, reference, channels);
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  const flat = gaps?.flat().join(",");
  const parts = [encoding, rate, units === undefined ? 0 : 1, scale?.join(","), flat, samples];
  return line("frame", name, ...parts, bytes.toString("hex"));
}

/** The line of a value as a caller of the core would hand it over; null where C's types have no such value. */
function valueLine(
  name: string,
  value: WireValue | null,
  type: FieldType,
  attachment: Uint8Array,
): string | null {
  if (typeof value === "string") return line("string", name, hex(value));
  if (typeof value === "boolean") return line("boolean", name, value);
  if (typeof value === "number") {
    const isWhole = type.kind === "int" || type.kind === "time";
    if (isWhole && !Number.isInteger(value)) return null;
    return line(isWhole ? type.kind : "float", name, value);
  }
  if (Array.isArray(value))
    return value.every((item) => typeof item === "number") ? line("vector", name, value.join(",")) : null;
  if (value === null || type.kind !== "frame") return null;
  const reference = value as FrameReference;
  const isThere = reference.offset >= 0 && reference.offset % 4 === 0 && reference.samples > 0;
  const isKnown = reference.encoding === undefined || ["float32", "int16"].includes(reference.encoding);
  const fits = reference.offset + reference.samples * type.channels.length * 4 <= attachment.length;
  const isScaled = reference.encoding !== "int16" || reference.scale?.length === type.channels.length;
  const isInside = reference.encoding === "int16" || fits;
  const areDeclared = (reference.units ?? type.units).every((unit, index) => unit === type.units[index]);
  if (!isThere || !isKnown || !isScaled || !isInside || !areDeclared) return null;
  return frameLine(name, reference, type.channels.length, attachment);
}

const EVENT = ["seq", "name", "version", "time", "user", "previous_user", "consent", "properties"];

/** The lines of an event; null where the core's types cannot say it, which keeps it from being said wrongly. */
export function eventScript(
  event: VectorHeader["events"][number],
  definition: EventDefinition,
  attachment: Uint8Array,
): readonly string[] | null {
  const { seq, time, user, previous_user, consent, properties } = event;
  const isSayable =
    Object.keys(event).every((key) => EVENT.includes(key)) &&
    event.version === definition.version &&
    (user === null || typeof user === "string") &&
    (previous_user === undefined || typeof previous_user === "string") &&
    Array.isArray(consent) &&
    typeof properties === "object" &&
    properties !== null &&
    !Array.isArray(properties);
  if (!isSayable) return null;
  const lines = [line("type", event.name)];
  const person = [user, previous_user].map((id) => (id === null || id === undefined ? undefined : hex(id)));
  lines.push(line("event", seq, time, person[0], consent.join(","), person[1]));
  for (const [name, value] of Object.entries(properties)) {
    const type = definition.fields[name];
    if (value === null && type?.optional) continue;
    const said = type === undefined ? null : valueLine(name, value, type, attachment);
    if (said === null) return null;
    lines.push(said);
  }
  return [...lines, "end"];
}

/** The line of a batch's header; null for members that the core does not write. */
export function headerLine(header: VectorHeader): string | null {
  const known = ["format", "sdk", "install", "epoch", "sent_at", "proof", "events"];
  if (!Object.keys(header).every((key) => known.includes(key))) return null;
  return line("header", header.sdk, header.install, header.epoch, header.sent_at, header.proof);
}

/** Declaration of an event by name, own properties only. */
export function declarationOf(app: AppDefinition, name: string): EventDefinition | undefined {
  return Object.hasOwn(app.events, name) ? app.events[name] : undefined;
}

const FRAME = ["offset", "samples", "encoding", "scale", "rate", "units", "gaps"];

/**
 * A header without what the core leaves out: nulls, members of frames that this version does not know, the default encoding, and fields whose own
 * purpose was not consented to.
 */
export function asSent(header: VectorHeader, app: AppDefinition): VectorHeader {
  const events = header.events.map((event) => {
    const consented = consentedFields(declarationOf(app, event.name)?.fields ?? {}, event.consent);
    const kept = Object.entries(event.properties as Record<string, WireValue | null>)
      .filter(([name, value]) => value !== null && consented.includes(name))
      .map(([name, value]) => {
        if (typeof value !== "object" || Array.isArray(value)) return [name, value];
        return [
          name,
          Object.fromEntries(
            Object.entries(value!).filter(([key, member]) => FRAME.includes(key) && member !== "float32"),
          ),
        ];
      });
    return { ...event, properties: Object.fromEntries(kept) };
  });
  return { ...header, events };
}
