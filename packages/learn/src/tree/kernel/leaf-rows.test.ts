import { expect, test } from "vitest";

import { leafRows } from "./leaf-rows.ts";

test("rows stay in order on both sides, and other leaves stay as they are", () => {
  const rows = leafRows(8, 4);
  rows.fill(Int32Array.of(0, 2, 3, 5, 6, 7));
  const bins = Uint8Array.of(0, 9, 1, 0, 9, 1, 2, 0);
  expect(rows.split(0, 1, bins, Uint8Array.of(1, 0, 1))).toBe(4);
  expect([[...rows.of(0)], [...rows.of(1)]]).toEqual([
    [0, 3, 6, 7],
    [2, 5],
  ]);
  expect(rows.split(0, 2, bins, Uint8Array.of(0, 0, 1))).toBe(1);
  expect([[...rows.of(0)], [...rows.of(1)], [...rows.of(2)]]).toEqual([[6], [2, 5], [0, 3, 7]]);
  expect(rows.split(1, 3, bins, Uint8Array.of(1, 1, 1))).toBe(2);
  expect([...rows.of(3)]).toEqual([]);
  expect(rows.leaves).toBe(4);
  rows.fill(Int32Array.of(4));
  expect([rows.leaves, ...rows.of(0)]).toEqual([1, 4]);
});
