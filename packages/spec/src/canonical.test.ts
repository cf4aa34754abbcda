import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { platform } from "../../../test/device-fixture.ts";
import { fromBase64 } from "./bytes.ts";
import { canonicalJson, parseJson } from "./canonical.ts";

/** The same value with every object's keys in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

test("the order of keys changes nothing, and the text means the value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(reversed(value))).toBe(text);
      // JSON has no -0.
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("keys are sorted by code unit, as RFC 8785 asks; undefined is left out", () => {
  expect(canonicalJson({ "\u20ac": 1, "\r": 2, "1": 3, "\ud83d\ude00": 4, "\ufb33": 5, a: undefined })).toBe(
    '{"\\r":2,"1":3,"\u20ac":1,"\ud83d\ude00":4,"\ufb33":5}',
  );
  expect(canonicalJson([1e21, 0.1, -0, 1e-7])).toBe("[1e+21,0.1,0,1e-7]");
});

test.each([NaN, Infinity, undefined, () => 1, [undefined], { a: [NaN] }])("%o has no JSON", (value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError);
});

/** A text, or bytes, and the canonical text of what every client reads there; null where it is refused. */
interface Document {
  readonly name: string;
  readonly text?: string;
  readonly base64?: string;
  readonly value: string | null;
}

const vectors = join(import.meta.dirname, "../../../vectors/release/json.json");
const { documents } = JSON.parse(readFileSync(vectors, "utf8")) as { documents: readonly Document[] };

describe("a document that every client reads alike", () => {
  test.each(documents)("$name", ({ text, base64, value }) => {
    const bytes = text === undefined ? fromBase64(base64!) : platform.text.encode(text);
    const found = parseJson(bytes, platform.text);
    expect(found === undefined ? null : canonicalJson(found)).toBe(value);
  });
});
