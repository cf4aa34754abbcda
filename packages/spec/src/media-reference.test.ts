import { expect, expectTypeOf, test } from "vitest";
import { defineApp } from "./app.ts";
import { checkEvent } from "./check-event.ts";
import { compareApps } from "./compatibility/index.ts";
import { event, type PropertiesOf } from "./event.ts";
import { mediaFault, type MediaReference } from "./media-reference.ts";
import { t } from "./type.ts";

const photoField = t.media({ types: ["image/jpeg", "image/png"], maxBytes: 1000 });
const meal = event(
  "meal",
  { photo: photoField, sound: t.optional(photoField) },
  { purpose: "diary", retain: "90d" },
);
const declare = (photo: ReturnType<typeof t.media>) => {
  const of = event("meal", { photo }, { purpose: "diary", retain: "90d" });
  return defineApp({ name: "food", purposes: { diary: "Keep it." }, events: [of], views: [], models: [] });
};
const photo: MediaReference = { sha256: "0a".repeat(32), bytes: 1000, type: "image/png" };

test("track takes the reference that put gives", () => {
  expectTypeOf<PropertiesOf<typeof meal>>().toEqualTypeOf<
    { readonly photo: MediaReference } & { readonly sound?: MediaReference }
  >();
});

test.each([
  ["a path", "/home/ada/1.jpg", /^expected { sha256, bytes, type } and nothing else$/],
  ["nothing", null, /nothing else/],
  ["a list", [photo], /nothing else/],
  ["a member more, which could be a path", { ...photo, path: "/home/ada" }, /^expected { sha256.*else$/],
  ["no digest", { bytes: 1, type: "image/png" }, /sha256 in 64/],
  ["a digest in capitals", { ...photo, sha256: "0A".repeat(32) }, /lower case/],
  ["a digest with a line end", { ...photo, sha256: `${"0a".repeat(32)}\n` }, /sha256/],
  ["no byte", { ...photo, bytes: 0 }, /from 1 to 1000 bytes, received 0$/],
  ["too many bytes", { ...photo, bytes: 1001 }, /received 1001$/],
  ["half a byte", { ...photo, bytes: 1.5 }, /received 1.5$/],
  ["bytes in words", { ...photo, bytes: "9" }, /received string$/],
  ["another type", { ...photo, type: "text/html" }, /^expected one of the types image\/jpeg, image\/png$/],
])("%s is refused", (_, value, reason) => {
  expect(mediaFault(photoField, value)).toMatch(reason);
  const sent = { seq: 1, name: "meal", version: 1, time: 1, user: null, consent: ["diary"] };
  const check = checkEvent(declare(photoField), { ...sent, properties: { photo: value as never } }, 0);
  expect(check).toMatchObject({
    ok: false,
    refusal: { code: "FIELD_INVALID", field: "photo", reason: expect.stringMatching(reason) },
  });
});

test("a reference at the bound is taken as it is", () => {
  expect(mediaFault(photoField, photo)).toBeUndefined();
});

test.each([
  [{ types: [], maxBytes: 1 }, /media types/],
  [{ types: ["image/*"], maxBytes: 1 }, /image\/\*/],
  [{ types: ["Image/PNG"], maxBytes: 1 }, /Image\/PNG/],
  [{ types: ["image/png", "image/png"], maxBytes: 1 }, /each once/],
  [{ types: Array.from({ length: 33 }, (_, index) => `image/x${index}`), maxBytes: 1 }, /received 33/],
  [{ types: ["image/png"], maxBytes: 0 }, /maxBytes/],
  [{ types: ["image/png"], maxBytes: 2.5 }, /received 2.5/],
])("a declaration such as %j is refused", (options, message) => {
  expect(() => declare(t.media(options))).toThrow(message);
});

test("fewer types or bytes break old phones, and the witness is such a phone's event; more are compatible", () => {
  const before = declare(photoField);
  const verdicts = (to: Parameters<typeof t.media>[0]) =>
    compareApps(before, declare(t.media(to))).map(({ verdict, witness }) => [
      verdict,
      witness?.event.properties["photo"],
    ]);
  expect(verdicts({ types: ["image/jpeg"], maxBytes: 1000 })).toEqual([
    ["needs_version", expect.objectContaining({ type: "image/png" })],
  ]);
  expect(verdicts({ types: ["image/jpeg", "image/png"], maxBytes: 999 })).toEqual([
    ["needs_version", expect.objectContaining({ bytes: 1000 })],
  ]);
  expect(verdicts({ types: ["image/gif", "image/png", "image/jpeg"], maxBytes: 2000 })).toEqual([
    ["compatible", undefined],
  ]);
  const [change] = compareApps(before, declare(t.media({ types: ["image/png"], maxBytes: 9 })));
  expect(change).toMatchObject({
    what: 'media of at most 1000 bytes, one of "image/jpeg", "image/png" became media of at most 9 bytes, image/png',
    remedy: expect.stringContaining(
      'photo: t.media({ types: ["image/jpeg", "image/png"], maxBytes: 1000 }) }',
    ),
  });
});
