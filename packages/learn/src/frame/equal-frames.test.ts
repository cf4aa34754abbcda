import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compareSchema } from "./compare-schema.ts";
import { concatFrames } from "./concat-frames.ts";
import { equalFrames, frameDifference } from "./equal-frames.ts";
import { frame, frameSchema } from "./frame.ts";
import { frameOf, type PlainColumn } from "./frame-of.ts";
import { hashFrame } from "./hash-frame.ts";
import { previewFrame } from "./preview-frame.ts";
import { sliceRows } from "./slice-rows.ts";
import { takeRows } from "./take-rows.ts";
import { anyFrame } from "./testing/any-frame.ts";

const ports = {
  digest: async (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest()),
  text: {
    encode: (text: string) => new TextEncoder().encode(text),
    decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
  },
};

test("the same rows, however stored, are equal and have one address", async () => {
  await fc.assert(
    fc.asyncProperty(anyFrame(12), anyFrame(3), async (rows, more) => {
      // Through other dictionaries, offsets and bitmaps.
      const again = sliceRows(concatFrames([more, rows]), more.rows);
      expect(frameDifference(again, rows, { storage: true })).toBeUndefined();
      expect(await hashFrame(again, ports)).toBe(await hashFrame(rows, ports));
    }),
    { numRuns: 60 },
  );
});

test("another cell, order or name is a difference and another address", async () => {
  await fc.assert(
    fc.asyncProperty(anyFrame(8), fc.nat(), fc.nat(), async (rows, one, other) => {
      if (rows.rows < 2) return;
      const order = Array.from({ length: rows.rows }, (_, row) => row);
      order[one % rows.rows] = other % rows.rows;
      const changed = takeRows(rows, order);
      const same = (await hashFrame(changed, ports)) === (await hashFrame(rows, ports));
      expect(equalFrames(changed, rows)).toBe(same);
    }),
    { numRuns: 60 },
  );
});

test("differences are told in words", () => {
  const difference = (x: PlainColumn, y: PlainColumn) => frameDifference(frameOf({ x }), frameOf({ x: y }));
  expect(difference([1, 2], [1, 3])).toBe('column "x", row 1: 2 and 3');
  expect(difference([1, null], [1, 3])).toBe('column "x", row 1: missing and a value');
  expect(difference(["a"], ["b"])).toBe('column "x", row 0: "a" and "b"');
  expect(difference(["a"], [1])).toContain('"string" and "float"');
  expect(difference([1], [1, 2])).toBe("1 rows and 2 rows");
  expect(difference([[1, 2]], [[1, 2, 3]])).toContain("width 3");
  expect(difference(Int8Array.of(1), BigInt64Array.of(1n))).toBeUndefined();
  expect(
    frameDifference(frameOf({ x: [1] }), frameOf({ x: [1 + 1e-9] }), { tolerance: 1e-8 }),
  ).toBeUndefined();
});

test("schemas are compared by column", () => {
  const before = frameSchema(frameOf({ a: [1], b: ["x"], c: [[1, 2]], d: [true] }));
  const after = frameSchema(frameOf({ a: [1], b: [1], c: [[1, 2, 3]], e: [true] }));
  expect(compareSchema(before, after)).toEqual([
    { column: "b", change: "kind", before: "string", after: "float" },
    { column: "c", change: "width", before: "vector of width 2", after: "vector of width 3" },
    { column: "d", change: "removed", before: "boolean", after: "" },
    { column: "e", change: "added", before: "", after: "boolean" },
  ]);
  expect(compareSchema(before, before.toReversed()).map(({ change }) => change)).toContain("moved");
});

test("a preview is a table of the ends of a frame, and obeys no control character", () => {
  const rows = frameOf({
    id: Int32Array.from({ length: 30 }, (_, at) => at),
    text: Array.from({ length: 30 }, (_, at) =>
      at === 0 ? "\u001b[2J\nred" : at === 1 ? null : "x".repeat(40),
    ),
    at: Array.from({ length: 30 }, () => new Date(0)),
  });
  expect(previewFrame(rows, { rows: 4 }).split("\n")).toEqual([
    "          id  text                      at",
    "     integer  string                    time",
    "  0        0  \\u001b[2J\\nred            1970-01-01T00:00:00.000Z",
    "  1        1  .                         1970-01-01T00:00:00.000Z",
    "...      ...  ...                       ...",
    " 28       28  xxxxxxxxxxxxxxxxxxxxx...  1970-01-01T00:00:00.000Z",
    " 29       29  xxxxxxxxxxxxxxxxxxxxx...  1970-01-01T00:00:00.000Z",
    "30 rows, 3 columns",
  ]);
  expect(previewFrame(rows, { width: 20 })).toContain("not shown: text, at");
  expect(previewFrame(frame([]))).toContain("0 rows, 0 columns");
});
