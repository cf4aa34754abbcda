import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scalar, ScalarType } from "../scalar.ts";
import { AGGREGATES, aggregateOf, type AggregateName } from "./registry.ts";

/** The numbers that aggregates are made with here. */
const NUMBERS: Partial<Record<AggregateName, number>> = { quantile: 0.3, lag: 2 };

/** Folds values at times 0, 1, 2, ... and asks at 10. */
function over(
  name: AggregateName,
  values: readonly NonNullable<Scalar>[],
  type: ScalarType = "float64",
): Scalar {
  const { init, add, finish } = aggregateOf(name, NUMBERS[name]);
  const state = values.reduce<unknown>(
    (state, value, time) => add(state, { value, time, knownTime: time }),
    init(),
  );
  return finish(state, type, 10);
}

describe("aggregates", () => {
  it("of no rows are 0 where they count, else null", () => {
    const names = Object.keys(AGGREGATES) as AggregateName[];
    const empty = Object.fromEntries(names.map((name) => [name, over(name, [])]));
    expect(empty).toEqual({
      count: 0,
      count_distinct: 0,
      sum: null,
      mean: null,
      min: null,
      max: null,
      stddev: null,
      quantile: null,
      first: null,
      last: null,
      lag: null,
      recency: null,
    });
  });

  it("treat NaN as the greatest number and as one value", () => {
    const values = [1, Number.NaN, Number.NaN, 2];
    expect(over("max", values)).toBeNaN();
    expect(over("min", values)).toBe(1);
    expect(over("count_distinct", values)).toBe(3);
    for (const name of ["sum", "mean", "stddev"] as const) expect(over(name, values)).toBeNaN();
  });

  it("sum integers exactly, and beyond 2^53 into null", () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(over("sum", [most, most, -most], "int64")).toBe(most);
    expect(over("sum", [most, 1], "int64")).toBe(null);
    expect(over("sum", [1e308, 1e308])).toBe(null);
  });

  it("give the deviation of values far from zero, and exactly 0 of equal ones", () => {
    expect(over("stddev", [1e15 + 1, 1e15 + 2, 1e15 + 3])).toBe(1);
    expect(over("stddev", [0.1, 0.1, 0.1])).toBe(0);
    expect(over("stddev", [5])).toBe(null);
    expect(over("stddev", [1e141, 1])).toBeNaN();
    expect(over("stddev", [1e139, -1e139])).toBeCloseTo(1e139 * Math.SQRT2, -126);
  });

  it("break ties in time by known time, then by value", () => {
    const { init, add, finish } = aggregateOf("last");
    const rows = [
      { value: "a", time: 1, knownTime: 3 },
      { value: "z", time: 1, knownTime: 2 },
      { value: "b", time: 1, knownTime: 3 },
    ];
    for (const order of [rows, rows.toReversed()]) {
      expect(finish(order.reduce(add, init()), "string", 9)).toBe("b");
    }
  });

  it("give the value between two, NaN above all", () => {
    const at = (probability: number, values: readonly number[]): Scalar => {
      const { init, add, finish } = aggregateOf("quantile", probability);
      const rows = values.map((value, time) => ({ value, time, knownTime: time }));
      return finish(rows.reduce(add, init()), "float64", 10);
    };
    expect([0, 0.25, 0.5, 1].map((probability) => at(probability, [4, 1, 2, 3]))).toEqual([1, 1.75, 2.5, 4]);
    expect(at(0.5, [Infinity, Infinity])).toBe(Infinity);
    expect(at(0.5, [-Infinity, Infinity])).toBeNaN();
    expect(at(0.5, [Number.NaN, 1, 2])).toBe(2);
    expect(at(1, [Number.NaN, 1, 2])).toBeNaN();
    expect(at(0.5, [-1.7e308, 1.7e308])).toBe(0);
  });

  it("go back so many rows, whatever order they come in", () => {
    expect(over("lag", ["a", "b", "c", "d"], "string")).toBe("b");
    expect(over("lag", ["a", "b"], "string")).toBe(null);
  });

  it.each(Object.keys(AGGREGATES) as AggregateName[])("%s is free of order, and merges", (name) => {
    const value = fc.oneof(
      fc.integer({ min: -5, max: 5 }),
      fc.double({ noNaN: true, min: -1e100, max: 1e100 }),
    );
    const input = fc.record({
      value,
      time: fc.integer({ min: 0, max: 5 }),
      knownTime: fc.integer({ min: 0, max: 5 }),
    });
    const { init, add, merge, finish } = aggregateOf(name, NUMBERS[name]);
    fc.assert(
      fc.property(fc.array(input, { maxLength: 12 }), fc.nat(12), (inputs, cut) => {
        const expected = finish(inputs.reduce(add, init()), "float64", 10);
        expect(finish(inputs.toReversed().reduce(add, init()), "float64", 10)).toBe(expected);
        const left = inputs.slice(cut).reduce(add, init());
        const right = inputs.slice(0, cut).reduce(add, init());
        expect(finish(merge(left, right), "float64", 10)).toBe(expected);
        // The right side was only read.
        expect(finish(merge(init(), right), "float64", 10)).toBe(
          finish(inputs.slice(0, cut).reduce(add, init()), "float64", 10),
        );
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});
