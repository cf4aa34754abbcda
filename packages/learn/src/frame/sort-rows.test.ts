import * as fc from "fast-check";
import { expect, test } from "vitest";
import { frameOf } from "./frame-of.ts";
import { sortOrder } from "./sort-rows.ts";
import { anyFrame, cell } from "./testing/any-frame.ts";

const KEYS = ["float", "single", "small", "whole", "truth", "text", "time"];
const by = fc.array(fc.record({ column: fc.constantFrom(...KEYS), descending: fc.boolean() }), {
  maxLength: 3,
});

test("the order is that of a stable sort by comparison, missing last", () => {
  fc.assert(
    fc.property(anyFrame(), by, (rows, keys) => {
      const expected = Array.from({ length: rows.rows }, (_, row) => row).sort((one, other) => {
        for (const { column, descending } of keys) {
          const [a, b] = [cell(rows, column, one), cell(rows, column, other)];
          if (a === null && b === null) continue;
          if (a === null || b === null) return a === null ? 1 : -1;
          const points = (text: unknown) => Buffer.from(text as string);
          const order = typeof a === "string" ? points(a).compare(points(b)) : a! < b! ? -1 : Number(a! > b!);
          if (order !== 0) return descending ? -order : order;
        }
        return one - other;
      });
      expect([...sortOrder(rows, keys)]).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

test("extremes stand at the ends", () => {
  const order = (values: Parameters<typeof frameOf>[0][string]) => [
    ...sortOrder(frameOf({ x: values }), ["x"]),
  ];
  expect(order([Infinity, -Infinity, 0, -0, Number.NaN, 5e-324, -5e-324])).toEqual([1, 6, 2, 3, 5, 0, 4]);
  expect(order(BigUint64Array.of(2n ** 64n - 1n, 0n, 2n ** 63n))).toEqual([1, 2, 0]);
  expect(order(Uint32Array.of(4e9, 0, 2 ** 31))).toEqual([1, 2, 0]);
  expect(order(["\u{1f600}", "\uffff", "a"])).toEqual([2, 1, 0]);
  expect([...sortOrder(frameOf({ x: [2, 1] }), [])]).toEqual([0, 1]);
  expect(() => sortOrder(frameOf({ x: [[1]] }), ["x"])).toThrow(/vector/u);
});
