import { createHash } from "node:crypto";
import {
  batchOf,
  eventOf,
  gzipStored,
  headerOf,
  NOW,
  tapOf,
  utf8,
  type Expected,
  type WireVector,
} from "./vector.ts";

type Accepted = Extract<Expected, { readonly status: 200 }>;

/** An answer that takes everything. */
function takes(acknowledged: Accepted["acknowledged"], changes: Partial<Accepted> = {}): Accepted {
  return { status: 200, acknowledged, quarantined: [], duplicates: 0, ...changes };
}

/** A vector whose body is a batch without an attachment. */
function vector(name: string, about: string, header: object, expect: Expected): WireVector {
  return { name, about, header, body: batchOf(header), expect };
}

/** Every kind of field, at the edges of what it may hold. */
export const EVERYTHING = {
  text: 'Grüße, שלום, नमस्ते, 你好 👩‍👧 e\u0301 "\\\n\u0000\u2028',
  choice: "left",
  count: -Number.MAX_SAFE_INTEGER,
  level: 10,
  ratio: 5e-324,
  flag: false,
  at: 0,
  point: [0.1, -1e300, 0],
  note: null,
};

/** A photo by reference: SHA-256 of the three bytes `abc`. */
export const PHOTO = {
  sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  bytes: 3,
  type: "image/jpeg",
};

const everything = (seq: number, changes: object = {}): object =>
  eventOf(seq, "everything", EVERYTHING, changes);

const plain = headerOf("json-client", [tapOf(1)]);
const all = headerOf("phone-everything", [
  everything(1),
  eventOf(2, "everything", {
    ...EVERYTHING,
    count: Number.MAX_SAFE_INTEGER,
    ratio: 0.1,
    note: "x".repeat(256),
  }),
]);
const secret = new Uint8Array(32).map((_, index) => index);
const withoutUser = tapOf(1, { user: null });

/** Batches that are taken whole. */
export const ACCEPTED: readonly WireVector[] = [
  {
    name: "json",
    about: "Plain JSON, as curl sends it: no magic, no attachment.",
    headers: { "content-type": "application/json" },
    header: plain,
    body: utf8(JSON.stringify(plain)),
    expect: takes([[1, 1]]),
  },
  vector(
    "everything",
    "Every kind of field, with Unicode and the largest and smallest numbers.",
    all,
    takes([[1, 2]]),
  ),
  {
    name: "gzip",
    about: "The same kind of batch as gzip.",
    headers: { "content-encoding": "gzip" },
    header: { ...all, install: "phone-gzip" },
    body: gzipStored(batchOf({ ...all, install: "phone-gzip" })),
    expect: takes([[1, 2]]),
  },
  vector(
    "sequences",
    "Numbers out of order, with gaps, from 0 to the largest: the answer's ranges are sorted and never touch.",
    headerOf(
      "phone-sequences",
      [Number.MAX_SAFE_INTEGER, 8, 0, 7, 9, Number.MAX_SAFE_INTEGER - 1, 1000].map((seq) =>
        tapOf(seq, { time: NOW }),
      ),
      { epoch: Number.MAX_SAFE_INTEGER },
    ),
    takes([
      [0, 0],
      [7, 9],
      [1000, 1000],
      [Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER],
    ]),
  ),
  {
    name: "thousand",
    about: "As many events as a batch may have.",
    body: batchOf(
      headerOf(
        "phone-thousand",
        Array.from({ length: 1000 }, (_, index) => tapOf(index + 1)),
      ),
    ),
    expect: takes([[1, 1000]]),
  },
  vector(
    "twice",
    "A number twice in one batch: the first copy counts, the other is a duplicate.",
    headerOf("phone-twice", [tapOf(1), tapOf(2), tapOf(1, { properties: { target: "no", screen: "no" } })]),
    takes([[1, 2]], { duplicates: 1 }),
  ),
  vector(
    "old-version",
    "An event as an older version of the app declared it.",
    headerOf("phone-old", [eventOf(1, "tap", { button: "start" }, { version: 1 })]),
    takes([[1, 1]], { stored: { 1: ["screen", "target"] } }),
  ),
  vector(
    "unknown-members",
    "Members that this version does not know, in header, event and frame, are ignored; in properties they are not.",
    headerOf("phone-future", [tapOf(1, { mood: "fine" })], { compression: { level: 3 }, trace: [1] }),
    takes([[1, 1]]),
  ),
  vector(
    "proof",
    "The hash of the install's secret, which is here the bytes 0 to 31.",
    headerOf("phone-proof", [withoutUser], { proof: createHash("sha256").update(secret).digest("hex") }),
    takes([[1, 1]]),
  ),
  vector(
    "proof-broken",
    "A proof that is none is ignored: it proves nothing, and holds up nothing.",
    headerOf("phone-proof-broken", [withoutUser], { proof: "A".repeat(64) }),
    takes([[1, 1]]),
  ),
  vector(
    "identify",
    "Nobody, then somebody, then the same person under another id.",
    headerOf("phone-identify", [
      withoutUser,
      tapOf(2, { user: "person-1" }),
      tapOf(3, { user: "person-2", previous_user: "person-1" }),
    ]),
    takes([[1, 3]]),
  ),
  vector(
    "media",
    "Media by reference: of every declared type, of one byte and of as many as are allowed; members in any order.",
    headerOf("phone-media", [
      eventOf(1, "picture", { photo: PHOTO, voice: null }),
      eventOf(2, "picture", {
        photo: { type: "image/png", bytes: 5_000_000, sha256: "0".repeat(64) },
        voice: { ...PHOTO, type: "audio/mp4", bytes: 1 },
      }),
    ]),
    takes([[1, 2]], { stored: { 1: ["photo", "voice"], 2: ["photo", "voice"] } }),
  ),
  vector(
    "consent-field",
    "A field whose own purpose is not granted is not stored; the event is.",
    headerOf("phone-field", [
      eventOf(1, "everything", { ...EVERYTHING, place: [48.1, 11.5] }),
      eventOf(2, "everything", { ...EVERYTHING, place: [48.1, 11.5] }, { consent: ["research", "location"] }),
    ]),
    takes([[1, 2]], {
      stored: {
        1: ["at", "choice", "count", "flag", "level", "note", "point", "ratio", "text"],
        2: ["at", "choice", "count", "flag", "level", "note", "place", "point", "ratio", "text"],
      },
    }),
  ),
];
