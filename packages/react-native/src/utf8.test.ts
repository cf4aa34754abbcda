import { assert, array, constantFrom, integer, property, string, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "./utf8.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const decoded = (decode: () => string): string | null => {
  try {
    return decode();
  } catch {
    return null;
  }
};

test("text is written as TextEncoder writes it, lone surrogates too", () => {
  const units = array(integer({ min: 0, max: 0xffff }), { maxLength: 40 });
  assert(
    property(units, (codes) => {
      const text = String.fromCharCode(...codes);
      expect(utf8.encode(text)).toEqual(encoder.encode(text));
    }),
  );
  assert(
    property(string({ unit: "binary" }), (text) => {
      expect(utf8.decode(utf8.encode(text))).toBe(text);
    }),
  );
});

test("bytes are read, or refused, as a fatal TextDecoder does", () => {
  // Bytes at which the table of well-formed sequences changes its mind.
  const edges = constantFrom(
    0,
    0x41,
    0x7f,
    0x80,
    0x8f,
    0x90,
    0x9f,
    0xa0,
    0xbf,
    0xc1,
    0xc2,
    0xdf,
    0xe0,
    0xed,
    0xef,
  );
  const more = constantFrom(0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff);
  const bytes = array(
    integer({ min: 0, max: 3 }).chain((pick) => (pick === 0 ? more : edges)),
    { maxLength: 8 },
  );
  const agree = (some: Uint8Array): void => {
    expect(decoded(() => utf8.decode(some))).toBe(decoded(() => decoder.decode(some)));
  };
  assert(
    property(bytes, (some) => agree(Uint8Array.from(some))),
    { numRuns: 2000 },
  );
  assert(property(uint8Array({ maxLength: 20 }), agree));
});

test("a text longer than one chunk, cut nowhere in a pair", () => {
  const text = "é🚲".repeat(10_000);
  expect(utf8.decode(utf8.encode(text))).toBe(text);
  expect(() => utf8.decode(Uint8Array.of(0x61, 0xff))).toThrow(
    expect.objectContaining({ code: "DATA_MALFORMED" }),
  );
});
