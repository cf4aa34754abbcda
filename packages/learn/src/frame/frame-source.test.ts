import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { FrameSource } from "./column.ts";
import { frameDifference } from "./equal-frames.ts";
import { frameSchema, withColumns } from "./frame.ts";
import { frameOf } from "./frame-of.ts";
import {
  collectFrame,
  concatSources,
  emptyFrame,
  filterSource,
  mapSource,
  rebatchSource,
  sourceOf,
  takeSource,
} from "./frame-source.ts";
import { sliceRows } from "./slice-rows.ts";
import { anyFrame, cells } from "./testing/any-frame.ts";

/** A source of pieces of some sizes that tells how often it was asked and whether it was closed. */
function watched(rows: ReturnType<typeof frameOf>, size: number) {
  const seen = { pieces: 0, closed: 0 };
  const source: FrameSource = {
    schema: frameSchema(rows),
    async *read() {
      try {
        for (let start = 0; start < rows.rows; start += size) {
          seen.pieces++;
          yield sliceRows(rows, start, Math.min(rows.rows, start + size));
        }
      } finally {
        seen.closed++;
      }
    },
  };
  return { source, seen };
}

test("pieces are cut and joined to the rows that are asked, and nothing is lost", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyFrame(),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      async (rows, size, count) => {
        const { source } = watched(rows, size);
        const sizes: number[] = [];
        for await (const piece of rebatchSource(source, count).read()) sizes.push(piece.rows);
        const rest = rows.rows % count;
        expect(sizes).toEqual([
          ...Array.from({ length: Math.floor(rows.rows / count) }, () => count),
          ...(rest > 0 ? [rest] : []),
        ]);
        expect(frameDifference(await collectFrame(rebatchSource(source, count)), rows)).toBeUndefined();
        const first = await collectFrame(takeSource(source, count));
        expect(cells(first)).toEqual(cells(rows).slice(0, count));
      },
    ),
    { numRuns: 50 },
  );
});

test("sources are mapped, filtered and joined", async () => {
  const rows = frameOf({ x: [1, 2, 3, 4, 5], s: ["a", null, "b", "a", "c"] });
  const { source } = watched(rows, 2);
  const doubled = mapSource(
    source,
    (piece) =>
      withColumns(piece, [
        {
          kind: "float",
          name: "x",
          values: (piece.columns[0] as { values: Float64Array }).values.map((x) => x * 2),
        },
      ]),
    source.schema,
  );
  expect(cells(await collectFrame(doubled, { columns: ["x"] }))).toEqual([[2], [4], [6], [8], [10]]);
  const odd = filterSource(source, (piece) =>
    Array.from((piece.columns[0] as { values: Float64Array }).values, (x) => x % 2 === 1),
  );
  expect(cells(await collectFrame(odd))).toEqual([
    [1, "a"],
    [3, "b"],
    [5, "c"],
  ]);
  expect((await collectFrame(concatSources(source, sourceOf(rows)))).rows).toBe(10);
  const wrong = mapSource(source, () => frameOf({ y: [1] }), source.schema);
  await expect(collectFrame(wrong)).rejects.toThrow(/change.*column "x"/u);
  expect(() => concatSources(source, sourceOf(frameOf({ x: [1] })))).toThrow(/sources\[1\].*column "s"/u);
  expect(() => source.read && sourceOf(rows).read(["z"])).toThrow(/"z"/u);
  await expect(collectFrame(source, { most: 3 })).rejects.toThrow(/at most 3 rows/u);
  expect(() => rebatchSource(source, 0)).toThrow(/at least 1/u);
});

test("what is not asked is not read, and a reader that stops closes the one behind it", async () => {
  const rows = frameOf({ x: Float64Array.from({ length: 100 }, (_, at) => at) });
  const { source, seen } = watched(rows, 10);
  await collectFrame(takeSource(rebatchSource(source, 7), 5));
  expect(seen).toEqual({ pieces: 1, closed: 1 });
  const all = filterSource(source, (piece) => new Uint8Array(piece.rows).fill(1));
  const slow = all.read()[Symbol.asyncIterator]();
  await slow.next();
  await slow.next();
  expect(seen.pieces).toBe(3);
  await slow.return!();
  expect(seen.closed).toBe(2);
  await collectFrame(takeSource(source, 0));
  expect(seen.pieces).toBe(3);
});

test("a frame without rows has its schema", async () => {
  await fc.assert(
    fc.asyncProperty(anyFrame(3), async (rows) => {
      expect(frameSchema(emptyFrame(frameSchema(rows)))).toEqual(frameSchema(rows));
    }),
    { numRuns: 5 },
  );
});
