import { expect, test } from "vitest";
import * as fc from "fast-check";
import { huberLocation } from "./huber-location.ts";
import { weightedQuantile } from "./weighted-quantile.ts";

/** By sorting, and adding up. */
function slowQuantile(values: readonly number[], weights: readonly number[], share: number): number {
  const order = values
    .map((value, at) => [value, weights[at]!] as const)
    .filter(([, weight]) => weight > 0)
    .sort(([left], [right]) => left - right);
  const wanted = share * order.reduce((sum, [, weight]) => sum + weight, 0);
  let sum = 0;
  for (const [at, [value, weight]] of order.entries()) {
    sum += weight;
    const next = order.slice(at + 1).find(([other]) => other > value)?.[0];
    if (order[at + 1]?.[0] === value) continue;
    if (sum === wanted && next !== undefined) return value + (next - value) / 2;
    if (sum >= wanted) return value;
  }
  return order.at(-1)?.[0] ?? NaN;
}

const rows = fc.array(fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: 0, max: 3 })), {
  maxLength: 30,
});

test("is the sorted one, whatever the order", () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(0.01, 0.25, 0.5, 0.75, 0.9), (pairs, share) => {
      const values = pairs.map(([value]) => value);
      const weights = pairs.map(([, weight]) => weight);
      const expected = slowQuantile(values, weights, share);
      expect(weightedQuantile(Float64Array.from(values), Float64Array.from(weights), share)).toBe(expected);
      const ones = values.map(() => 1);
      expect(weightedQuantile(Float64Array.from(values), undefined, share)).toBe(
        slowQuantile(values, ones, share),
      );
    }),
    { numRuns: 300 },
  );
});

test("is found in a long list, sorted or of few values", () => {
  const long = Float64Array.from({ length: 200_001 }, (_, at) => at);
  expect(weightedQuantile(long.slice(), undefined, 0.5)).toBe(100_000);
  expect(
    weightedQuantile(
      long.map((at) => at % 3),
      undefined,
      0.5,
    ),
  ).toBe(1);
});

test("Huber's location has no better neighbour", () => {
  const cost = (values: readonly number[], weights: readonly number[], delta: number, guess: number) =>
    values.reduce((sum, value, at) => {
      const error = Math.abs(value - guess);
      return sum + weights[at]! * Math.min(error, delta) * (error - Math.min(error, delta) / 2);
    }, 0);
  fc.assert(
    fc.property(rows, fc.constantFrom(0.1, 1, 3, 100), (pairs, delta) => {
      fc.pre(pairs.some(([, weight]) => weight > 0));
      const values = pairs.map(([value]) => value * 1.37);
      const weights = pairs.map(([, weight]) => weight);
      const found = huberLocation(Float64Array.from(values), Float64Array.from(weights), delta);
      const least = cost(values, weights, delta, found);
      for (const by of [-1, -0.01, 0.01, 1])
        expect(cost(values, weights, delta, found + by)).toBeGreaterThanOrEqual(least - 1e-9);
    }),
    { numRuns: 200 },
  );
});

test("Huber's location is the mean where nothing is far, and near the median where all is", () => {
  const values = [1, 2, 4, 9];
  expect(huberLocation(Float64Array.from(values), undefined, 100)).toBeCloseTo(4, 12);
  expect(huberLocation(Float64Array.from([0, 5, 100]), undefined, 1e-9)).toBeCloseTo(5, 6);
});
