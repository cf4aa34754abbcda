import * as fc from "fast-check";
import { expect, test } from "vitest";
import { valueBins } from "./value-bins.ts";

const of = (values: readonly number[]) => Float64Array.from(values).sort();

test("edges are numbers that people write, whole numbers have a bin each, times whole days", () => {
  const tenths = valueBins(of(Array.from({ length: 1000 }, (_, at) => at / 1000)), "float");
  expect(tenths.edges.slice(0, 4)).toEqual([0, 0.05, 0.1, 0.15]);
  expect(tenths.rows).toEqual(Array.from({ length: 20 }, () => 50));
  expect(valueBins(of([3, 1, 3, 6]), "integer")).toEqual({
    edges: [1, 2, 3, 4, 5, 6, 7],
    rows: [1, 0, 2, 0, 0, 1],
    below: 0,
    above: 0,
    unit: true,
  });
  expect(valueBins(of([3, 1, 3.5, 6]), "float").unit).toBe(false);
  expect(valueBins(of([2]), "float")).toMatchObject({ edges: [2, 3], rows: [1], unit: true });
  const day = 86_400e6;
  const start = Date.parse("2026-01-01T05:00:00Z") * 1000;
  const days = valueBins(of(Array.from({ length: 240 }, (_, hour) => start + (hour * day) / 24)), "time");
  expect(days.edges[1]! - days.edges[0]!).toBe(day);
  expect(days.edges[0]! % day).toBe(0);
  expect(days.rows.slice(0, 3)).toEqual([19, 24, 24]);
});

test("a far value is counted beyond the edges and does not flatten the rest", () => {
  const values = of([...Array.from({ length: 1000 }, (_, at) => at), 1e12, -1e12]);
  const bins = valueBins(values, "float");
  expect([bins.below, bins.above]).toEqual([1, 1]);
  expect(bins.rows.filter((one) => one > 0).length).toBeGreaterThan(15);
});

test("every value is in one bin or beyond, whatever it is", () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.constantFrom(0, -0, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53, 1 + Number.EPSILON),
  );
  fc.assert(
    fc.property(
      fc.array(number, { maxLength: 60 }),
      fc.constantFrom("float", "integer", "time"),
      (list, kind) => {
        const sorted = of(kind === "integer" ? list.map(Math.trunc) : list);
        const { edges, rows, below, above } = valueBins(sorted, kind as "float");
        expect(rows.reduce((sum, one) => sum + one, below + above)).toBe(sorted.length);
        expect(rows.length).toBeLessThanOrEqual(64);
        expect(edges.length).toBe(rows.length === 0 ? 0 : rows.length + 1);
        expect(edges.every((one, at) => Number.isFinite(one) && (at === 0 || one >= edges[at - 1]!))).toBe(
          true,
        );
        for (const [bin, count] of rows.entries()) {
          const last = bin === rows.length - 1;
          const [from, to] = [edges[bin]!, edges[bin + 1]!];
          expect(sorted.filter((v) => v >= from && (v < to || (last && v === to))).length).toBe(count);
        }
      },
    ),
  );
});
