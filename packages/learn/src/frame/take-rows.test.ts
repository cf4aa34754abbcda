import * as fc from "fast-check";
import { expect, test } from "vitest";
import { concatFrames } from "./concat-frames.ts";
import { filterRows } from "./filter-rows.ts";
import { frameOf } from "./frame-of.ts";
import { frame } from "./frame.ts";
import { sliceRows, splitRows } from "./slice-rows.ts";
import { takePlaces, takeRows } from "./take-rows.ts";
import { anyFrame, cells } from "./testing/any-frame.ts";

const withPlaces = anyFrame().chain((rows) =>
  fc.record({
    rows: fc.constant(rows),
    places:
      rows.rows === 0 ? fc.constant([] as number[]) : fc.array(fc.nat(rows.rows - 1), { maxLength: 60 }),
  }),
);

test("rows that are taken are those of the frame, in order and as often as named", () => {
  fc.assert(
    fc.property(withPlaces, ({ rows, places }) => {
      const all = cells(rows);
      const taken = takeRows(rows, places);
      frame(taken.columns);
      expect(taken.rows).toBe(places.length);
      expect(cells(taken)).toEqual(places.map((place) => all[place]));
    }),
    { numRuns: 60 },
  );
});

test("a row at -1 is missing in every column", () => {
  fc.assert(
    fc.property(withPlaces, ({ rows, places }) => {
      const all = cells(rows);
      const holes = Int32Array.from(places, (place, at) => (at % 3 === 1 ? -1 : place));
      const none = rows.columns.map(() => null);
      const taken = takePlaces(rows, holes);
      if (taken.rows > 0) frame(taken.columns);
      expect(cells(taken)).toEqual(Array.from(holes, (place) => (place < 0 ? none : all[place])));
    }),
    { numRuns: 60 },
  );
});

test("a slice is a view with the same rows, and slices join to what was cut", () => {
  fc.assert(
    fc.property(anyFrame(), fc.nat(40), fc.nat(40), (rows, one, other) => {
      const [start, end] = [Math.min(one, other, rows.rows), Math.min(Math.max(one, other), rows.rows)];
      const all = cells(rows);
      const slice = sliceRows(rows, start, end);
      frame(slice.columns);
      expect(cells(slice)).toEqual(all.slice(start, end));
      const [left, middle, right] = splitRows(rows, [start, end - start, rows.rows - end]);
      const joined = concatFrames([left!, middle!, right!]);
      frame(joined.columns);
      expect(cells(joined)).toEqual(all);
    }),
    { numRuns: 80 },
  );
  const rows = frameOf({ x: new Float64Array(10), n: new Int16Array(10) });
  for (const column of sliceRows(rows, 3, 7).columns)
    expect(rows.columns.map((one) => "values" in one && one.values.buffer)).toContain(
      "values" in column && column.values.buffer,
    );
});

test("a mask keeps what it says", () => {
  fc.assert(
    fc.property(anyFrame(), fc.infiniteStream(fc.boolean()), (rows, stream) => {
      const mask = Array.from({ length: rows.rows }, () => stream.next().value!);
      const kept = filterRows(rows, Uint8Array.from(mask, Number));
      expect(cells(kept)).toEqual(cells(rows).filter((_, row) => mask[row]));
    }),
    { numRuns: 30 },
  );
});

test("mistakes are named", () => {
  const rows = frameOf({ x: [1, 2, 3] });
  expect(() => takeRows(rows, [0, 3])).toThrow(/indices\[1\].*0\.\.2.*received 3/u);
  expect(() => takeRows(rows, [0.5])).toThrow(/indices\[0\].*received 0\.5/u);
  expect(() => takeRows(rows, [-1])).toThrow(/received -1/u);
  expect(() => takeRows(frameOf({ x: [] }), [0])).toThrow(/no index/u);
  expect(() => sliceRows(rows, 2, 4)).toThrow(/start <= end <= 3/u);
  expect(() => splitRows(rows, [1, 1])).toThrow(/add up to 3/u);
  expect(() => filterRows(rows, new Uint8Array(2))).toThrow(/3 truths/u);
});
