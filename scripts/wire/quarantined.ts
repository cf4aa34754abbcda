import { EVERYTHING, PHOTO } from "./accepted.ts";
import { batchOf, eventOf, headerOf, tapOf, type WireVector } from "./vector.ts";

type Fault = readonly [code: string, field: string, event: object];

/** A vector of a batch whose events are each taken into quarantine. */
function vector(
  name: string,
  about: string,
  faults: readonly Fault[],
  headers?: WireVector["headers"],
): WireVector {
  const header = headerOf(
    `phone-${name}`,
    faults.map(([, , event], index) => ({ ...event, seq: index + 1 })),
  );
  return {
    name,
    about,
    ...(headers && { headers }),
    header,
    body: batchOf(header),
    expect: {
      status: 200,
      acknowledged: [[1, faults.length]],
      quarantined: faults.map(([code, field], index) => ({ seq: index + 1, code, field })),
      duplicates: 0,
    },
  };
}

/** An event of every kind of field, with some of them changed; `undefined` leaves one out. */
const changed = (properties: object): object => eventOf(0, "everything", { ...EVERYTHING, ...properties });

/** A picture whose photo is another value. */
const pictured = (photo: unknown): object => eventOf(0, "picture", { photo });

/** Batches whose events are quarantined: taken, answered 200, and never to be sent again. */
export const QUARANTINED: readonly WireVector[] = [
  vector(
    "consent-empty",
    "Without consent nothing of the content is kept; no `consent` at all is no consent.",
    [
      ["CONSENT_MISSING", "consent", tapOf(0, { consent: [] })],
      ["CONSENT_MISSING", "consent", tapOf(0, { consent: undefined })],
      ["CONSENT_MISSING", "consent", tapOf(0, { consent: null })],
      ["CONSENT_MISSING", "consent", tapOf(0, { consent: "app" })],
      ["CONSENT_MISSING", "consent", tapOf(0, { consent: ["app", 1] })],
      ["CONSENT_MISSING", "consent", tapOf(0, { consent: ["location", "App"] })],
    ],
  ),
  vector(
    "gpc",
    "Sec-GPC: 1 withholds every purpose that the app has not declared essential.",
    [["CONSENT_MISSING", "consent", changed({})]],
    { "sec-gpc": "1" },
  ),
  vector("quarantine", "One event for each code.", [
    ["EVENT_UNKNOWN", "name", eventOf(0, "unheard_of", {})],
    ["EVENT_UNKNOWN", "name", eventOf(0, "constructor", {})],
    ["EVENT_TOO_LARGE", "event", tapOf(0, { properties: { target: "x".repeat(33_000), screen: "home" } })],
    ["EVENT_VERSION_UNKNOWN", "version", tapOf(0, { version: 3 })],
    ["TIME_INVALID", "time", tapOf(0, { time: 1.5 })],
    ["TIME_INVALID", "time", tapOf(0, { time: -1 })],
    ["FIELD_MISSING", "screen", tapOf(0, { properties: { target: "start" } })],
    ["FIELD_UNKNOWN", "colour", tapOf(0, { properties: { target: "a", screen: "b", colour: "red" } })],
    ["FIELD_INVALID", "user", tapOf(0, { user: "" })],
    ["FIELD_INVALID", "user", tapOf(0, { user: "x".repeat(257) })],
    ["FIELD_INVALID", "previous_user", tapOf(0, { previous_user: 7 })],
    ["FIELD_INVALID", "properties", tapOf(0, { properties: [] })],
  ]),
  vector("fields", "Values that do not fit their fields.", [
    ["FIELD_INVALID", "text", changed({ text: "x".repeat(65) })],
    ["FIELD_INVALID", "text", changed({ text: null })],
    ["FIELD_INVALID", "choice", changed({ choice: "up" })],
    ["FIELD_INVALID", "count", changed({ count: 2 ** 53 })],
    ["FIELD_INVALID", "count", changed({ count: "7" })],
    ["FIELD_INVALID", "level", changed({ level: 11 })],
    ["FIELD_INVALID", "ratio", changed({ ratio: "0.5" })],
    ["FIELD_INVALID", "flag", changed({ flag: 1 })],
    ["FIELD_INVALID", "at", changed({ at: 0.5 })],
    ["FIELD_INVALID", "point", changed({ point: [1, 2] })],
    ["FIELD_INVALID", "point", changed({ point: [1, 2, null] })],
  ]),
  vector("media-faults", "What is no reference to media, or has a member that no reference has.", [
    ["FIELD_INVALID", "photo", pictured("photo.jpg")],
    ["FIELD_INVALID", "photo", pictured(["image/jpeg"])],
    ["FIELD_INVALID", "photo", pictured({ ...PHOTO, path: "/photos/anna.jpg" })],
    ["FIELD_INVALID", "photo", pictured({ ...PHOTO, sha256: undefined })],
    ["FIELD_INVALID", "photo", pictured({ ...PHOTO, sha256: PHOTO.sha256.toUpperCase() })],
    ["FIELD_INVALID", "photo", pictured({ ...PHOTO, sha256: PHOTO.sha256.slice(1) })],
    ["FIELD_INVALID", "photo", pictured({ ...PHOTO, bytes: 0 })],
    ["FIELD_INVALID", "photo", pictured({ ...PHOTO, bytes: 1.5 })],
    ["FIELD_INVALID", "photo", pictured({ ...PHOTO, bytes: "3" })],
    ["FIELD_INVALID", "photo", pictured({ ...PHOTO, bytes: 5_000_001 })],
    ["FIELD_INVALID", "photo", pictured({ ...PHOTO, type: "audio/mp4" })],
    ["FIELD_INVALID", "photo", pictured({ ...PHOTO, type: "image/JPEG" })],
    ["FIELD_INVALID", "photo", pictured(null)],
    ["FIELD_MISSING", "photo", pictured(undefined)],
  ]),
];
