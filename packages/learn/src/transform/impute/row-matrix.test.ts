import { expect, test } from "vitest";
import { MOST_KEPT, rowKeeper } from "./row-matrix.ts";

const column = (...values: number[]) =>
  [{ kind: "float", name: "x", values: Float64Array.from(values) }] as const;

test("rows in pieces are kept side by side, in order", () => {
  const kept = rowKeeper("test", 1);
  kept.add(column(1, Number.NaN), 2);
  kept.add(column(3), 1);
  expect(kept.rows).toBe(3);
  expect(kept.take()).toEqual(Float64Array.of(1, Number.NaN, 3));
});

test("more than may be kept is refused before it is read, and says how much there was", () => {
  const kept = rowKeeper("test", 1);
  kept.add(column(1, 2), 2);
  expect(() => kept.add(column(), MOST_KEPT)).toThrow(
    /at most 33554432 numbers.*received 2, and 33554432 rows of 1 more/,
  );
  expect(kept.rows).toBe(2);
});
