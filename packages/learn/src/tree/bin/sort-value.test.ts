import * as fc from "fast-check";
import { expect, test } from "vitest";
import { freeMemory } from "./free-memory.ts";
import { sortRoom } from "./sort-room.ts";
import { sortedIn, sortValues } from "./sort-value.ts";

const wanted = (values: Float64Array) =>
  values
    .filter((value) => !Number.isNaN(value))
    .map((value) => value + 0)
    .sort();

test("values come out ascending, without NaN, -0 as 0", () => {
  const number = fc.oneof(fc.double(), fc.integer({ min: -5, max: 5 }), fc.double({ min: 1, max: 1 + 1e-9 }));
  fc.assert(
    fc.property(fc.float64Array(), fc.array(number), (any, list) => {
      for (const values of [any, Float64Array.from(list)]) expect(sortValues(values)).toEqual(wanted(values));
    }),
  );
  for (const value of sortValues(Float64Array.of(0, -0, NaN, -0))) expect(value).toBe(0);
  // Long runs of one float32.
  const close = Float64Array.from({ length: 5000 }, (_, at) => 1.7e12 + ((at * 7919) % 5000));
  expect(sortValues(close)).toEqual(wanted(close));
});

test("one room sorts list after list, of either precision, and is empty once it is given back", () => {
  const room = sortRoom();
  const double = fc.oneof(fc.double(), fc.integer({ min: -5, max: 5 }));
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.float32Array(),
          fc.array(double).map((list) => Float64Array.from(list)),
        ),
      ),
      (lists) => {
        for (const values of lists)
          expect([...sortedIn(values, room)]).toEqual([...wanted(new Float64Array(values))]);
      },
    ),
  );
  const sorted = sortedIn(Float32Array.of(2, 1), room);
  room.free();
  expect(sorted).toHaveLength(0);
  expect([...sortedIn(Float32Array.of(2, 1), room)]).toEqual([1, 2]);
});

test("memory that is shared is not given back", () => {
  const shared = new SharedArrayBuffer(8);
  freeMemory(shared);
  expect(shared.byteLength).toBe(8);
});
