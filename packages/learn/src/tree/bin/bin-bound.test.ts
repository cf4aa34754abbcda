import * as fc from "fast-check";
import { expect, test } from "vitest";
import { binBounds, boundBetween, floorToSingle, valueCounts } from "./bin-bound.ts";

const LARGEST_SINGLE = 3.4028234663852886e38;

/** The float64 after a positive one. */
function next(value: number): number {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0]! += 1n;
  return new Float64Array(bits.buffer)[0]!;
}

test("the largest float32 that is not above a number", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.double({ noNaN: true }), fc.double({ min: -1e-37, max: 1e-37, noNaN: true })),
      (value) => {
        const floor = floorToSingle(value);
        expect(Math.fround(floor)).toBe(floor);
        expect(floor <= value).toBe(true);
        const bits = new Int32Array(Float32Array.of(floor).buffer);
        if (floor === -Infinity) expect(value).toBeLessThan(-LARGEST_SINGLE);
        else if (floor < Infinity && floor !== 0) {
          bits[0]! += floor > 0 ? 1 : -1;
          expect(new Float32Array(bits.buffer)[0]).toBeGreaterThan(value);
        }
      },
    ),
  );
  expect(floorToSingle(1e300)).toBe(LARGEST_SINGLE);
  expect(floorToSingle(-1e-300)).toBe(-(2 ** -149));
  expect(floorToSingle(1e-300)).toBe(0);
  expect(floorToSingle(0.1)).toBe(0.09999999403953552);
  expect(floorToSingle(-0.1)).toBe(-0.10000000149011612);
});

test("a bound parts its two neighbours, however close or far", () => {
  const between = (low: number, high: number, ofSingles: boolean) => {
    const bound = boundBetween(low, high, ofSingles);
    expect(low <= bound && bound < high).toBe(true);
    if (ofSingles) expect(Math.fround(bound)).toBe(bound);
    const middle = (low + high) / 2;
    if (!ofSingles && Number.isFinite(middle) && middle < high) expect(bound).toBe(middle);
  };
  const pairs = (value: fc.Arbitrary<number>) =>
    fc.tuple(value, value).filter(([left, right]) => left !== right);
  const ordered = (pair: readonly number[]) => [Math.min(...pair), Math.max(...pair)] as const;
  fc.assert(fc.property(pairs(fc.double({ noNaN: true })), (pair) => between(...ordered(pair), false)));
  fc.assert(fc.property(pairs(fc.float({ noNaN: true })), (pair) => between(...ordered(pair), true)));
  fc.assert(
    fc.property(fc.double({ min: 5e-324, max: 1e308, noNaN: true }), (value) => {
      between(value, next(value), false);
      between(-next(value), -value, false);
    }),
  );
  expect(boundBetween(-1e308, 1.6e308, false)).toBeCloseTo(3e307, -300);
  expect(boundBetween(1e308, 1.6e308, false) / 1.3e308).toBeCloseTo(1);
});

test("bins of few values have their rows, the last one what is left", () => {
  const of = (list: number[], minRows: number) => [
    ...binBounds(valueCounts(Float64Array.from(list)), { bins: 9, minRows, ofSingles: false }),
  ];
  expect(of([1, 2, 2, 3], 1)).toEqual([1.5, 2.5, Infinity]);
  expect(of([1, 2, 2, 3], 3)).toEqual([2.5, Infinity]);
  expect(of([1, 2, 2, 3], 5)).toEqual([Infinity]);
  expect(of([], 1)).toEqual([Infinity]);
});
