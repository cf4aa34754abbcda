import { batchOf, gzipStored, headerOf, tapOf, utf8, type WireVector } from "./vector.ts";

const header = headerOf("phone-malformed", [tapOf(1)]);
const good = batchOf(header);
const json = JSON.stringify(header);

/** A vector that must be refused. */
function refused(
  name: string,
  about: string,
  body: Uint8Array,
  rest: Partial<WireVector> & { code?: string; status?: number } = {},
): WireVector {
  const { code = "BATCH_MALFORMED", status = 400, ...other } = rest;
  return { name, about, body, expect: { status, code }, ...other };
}

/** A vector whose header has a member changed; `undefined` leaves it out. */
const changed = (name: string, about: string, changes: object): WireVector =>
  refused(name, about, batchOf({ ...header, ...changes }));

/** A batch with its header's length overwritten. */
function withLength(length: number): Uint8Array {
  const bytes = good.slice();
  new DataView(bytes.buffer).setUint32(4, length, true);
  return bytes;
}

/** A batch whose header is a text. */
function withText(text: Uint8Array): Uint8Array {
  const length = Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  bytes.set(good.subarray(0, 4));
  new DataView(bytes.buffer).setUint32(4, length, true);
  bytes.set(text, 8);
  return bytes;
}

/** Bodies that are refused whole. */
export const MALFORMED: readonly WireVector[] = [
  refused("bad-empty", "No bytes.", new Uint8Array(0)),
  refused("bad-magic", "Another magic.", Uint8Array.of(...utf8("TLB2"), ...good.subarray(4))),
  refused("bad-short", "Ends in the middle of the header's length.", good.slice(0, 6)),
  refused("bad-length-beyond", "A header longer than the body.", withLength(good.length)),
  refused("bad-length-odd", "A header whose length is no multiple of 4.", withLength(good.length - 9)),
  refused("bad-length-huge", "A header of almost 4 GiB.", withLength(0xfffffffc)),
  refused("bad-cut", "Ends in the middle of the header.", good.slice(0, 40)),
  refused("bad-json", "A header that is no JSON.", withText(utf8(`${json},`))),
  refused(
    "bad-utf8",
    "A header that is no UTF-8.",
    withText(Uint8Array.of(...utf8('{"format":1,"x":"'), 0xc3, 0x28)),
  ),
  refused("bad-bom", "A byte order mark before the header.", withText(utf8(`\ufeff${json}`))),
  refused("bad-array", "A header that is no object.", withText(utf8(`[${json}]`))),
  refused("bad-plain-json", "Plain JSON that is cut.", utf8(json.slice(0, -1))),
  changed("bad-format", "Another format.", { format: 2 }),
  changed("bad-format-text", "The format as text.", { format: "1" }),
  changed("bad-no-install", "No install.", { install: undefined }),
  changed("bad-install", "An install with another character.", { install: "phone/1" }),
  changed("bad-install-long", "An install of 65 characters.", { install: "x".repeat(65) }),
  changed("bad-epoch", "A negative epoch.", { epoch: -1 }),
  changed("bad-epoch-large", "An epoch that is no exact integer.", { epoch: 2 ** 53 }),
  changed("bad-sent-at", "No time of sending.", { sent_at: null }),
  changed("bad-sdk", "An sdk with a line break.", { sdk: "a\nb" }),
  changed("bad-events", "Events that are no list.", { events: {} }),
  changed("bad-no-events", "No events.", { events: [] }),
  changed("bad-event", "An event that is no object.", { events: [tapOf(1), null] }),
  changed("bad-no-seq", "An event without a number.", {
    events: [tapOf(1), { ...tapOf(2), seq: undefined }],
  }),
  changed("bad-seq-negative", "A negative number.", { events: [{ ...tapOf(1), seq: -1 }] }),
  changed("bad-seq-fraction", "Half a number.", { events: [{ ...tapOf(1), seq: 0.5 }] }),
  changed("bad-seq-large", "A number that is no exact integer.", { events: [{ ...tapOf(1), seq: 2 ** 53 }] }),
  changed("bad-seq-text", "A number as text.", { events: [{ ...tapOf(1), seq: "1" }] }),
  refused("bad-gzip", "Bytes that are no gzip.", good, { headers: { "content-encoding": "gzip" } }),
  refused(
    "bad-gzip-sum",
    "Gzip with a wrong checksum.",
    gzipStored(good).map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
    {
      headers: { "content-encoding": "gzip" },
    },
  ),
  refused("bad-encoding", "An encoding that is not gzip.", good, { headers: { "content-encoding": "br" } }),
  refused(
    "bad-region",
    "A region, to a server that has none.",
    batchOf({ ...header, install: "phone-region", region: "eu" }),
    { status: 421, code: "RESIDENCY_MISMATCH" },
  ),
  refused(
    "bad-region-form",
    "A region that is no label: of another region, and not malformed.",
    batchOf({ ...header, install: "phone-region", region: 5 }),
    { status: 421, code: "RESIDENCY_MISMATCH" },
  ),
  refused("bad-key", "Another write key.", good, {
    headers: { authorization: "Bearer another-key" },
    status: 401,
    code: "UNAUTHORISED",
  }),
  refused(
    "bad-too-many",
    "1,001 events.",
    batchOf({ ...header, events: Array.from({ length: 1001 }, (_, seq) => ({ seq })) }),
    {
      status: 413,
      code: "BATCH_TOO_LARGE",
    },
  ),
];
