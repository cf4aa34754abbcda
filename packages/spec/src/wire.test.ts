import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { TextCodec } from "./port.ts";
import { decodeBatch, encodeBatch } from "./wire.ts";

const text: TextCodec = {
  encode: (content) => new TextEncoder().encode(content),
  decode: (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
};

test("a batch comes back, and its attachment starts at a multiple of four", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.string({ unit: "grapheme" })),
      fc.uint8Array({ maxLength: 16 }),
      (header, attachment) => {
        const bytes = encodeBatch(header, attachment, text);
        expect((bytes.length - attachment.length) % 4).toBe(0);
        const decoded = decodeBatch(bytes, text);
        expect(decoded.header).toEqual(JSON.parse(JSON.stringify(header)));
        expect(decoded.attachment).toEqual(attachment);
      },
    ),
  );
});

test("a JSON object is a batch without an attachment", () => {
  expect(decodeBatch(text.encode('{"format":1}'), text)).toEqual({
    header: { format: 1 },
    attachment: new Uint8Array(0),
  });
});

test("any bytes give a batch or BATCH_MALFORMED", () => {
  const bytes = encodeBatch({ format: 1 }, Uint8Array.of(1, 2), text);
  const cut = fc.nat(bytes.length - 3).map((length) => bytes.slice(0, length));
  const flipped = fc.tuple(fc.nat(7), fc.nat(7)).map(([at, bit]) => {
    const changed = bytes.slice();
    changed[at]! ^= 1 << bit;
    return changed;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), cut, flipped), (malformed) => {
      expect(() => decodeBatch(malformed, text)).toThrow(/BATCH_MALFORMED/);
    }),
  );
});
