import * as fc from "fast-check";
import { expect, test } from "vitest";
import { concatBytes, fromBase64, toBase64, toHex } from "./bytes.ts";

const bytes = fc.uint8Array({ maxLength: 40 });

test("hexadecimal and base64 are those of Node, and base64 comes back", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      expect(toHex(value)).toBe(Buffer.from(value).toString("hex"));
      expect(toBase64(value)).toBe(Buffer.from(value).toString("base64"));
      expect(fromBase64(toBase64(value))).toEqual(value);
    }),
  );
});

test("joined bytes stand one after the other", () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 5 }), (parts) => {
      expect(concatBytes(parts)).toEqual(new Uint8Array(parts.flatMap((part) => [...part])));
    }),
  );
});

test.each(["A", "AB", "AAAA=", "A===", "====", "AA-_", "AA A", "AAAA\n", "=AAA"])(
  "%j is no base64 with padding",
  (text) => {
    expect(() => fromBase64(text)).toThrow(TypeError);
  },
);
