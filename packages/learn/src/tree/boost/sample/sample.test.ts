import { expect, test } from "vitest";
import { seededRandom } from "../../../random.ts";
import type { BinnedFeature } from "../../binned-table.ts";
import { drawFeatures } from "./draw-features.ts";
import { drawRows } from "./draw-rows.ts";
import { gossRows } from "./goss.ts";
import { seedOf } from "./seed-of.ts";

test("rows are drawn once each, ascending, and each about as often", () => {
  const times = new Float64Array(20);
  for (let seed = 0; seed < 2000; seed++) {
    const rows = drawRows(seededRandom(seed), 20, 5);
    expect(new Set(rows).size).toBe(5);
    expect([...rows]).toEqual([...rows].toSorted((a, b) => a - b));
    for (const row of rows) times[row]!++;
  }
  // Each is expected 500 times with a deviation of 19.4.
  for (const count of times) expect(Math.abs(count - 500)).toBeLessThan(100);
  expect([...drawRows(seededRandom(1), 3, 3)]).toEqual([0, 1, 2]);
});

test("GOSS keeps the largest and lets a few of the rest count for it", () => {
  const size = Float32Array.from({ length: 100 }, (_, row) => (row * 37) % 100);
  const { rows, drawn, factor } = gossRows(seededRandom(5), size, { top: 0.2, other: 0.1 });
  expect(rows).toHaveLength(30);
  expect([...rows]).toEqual([...rows].toSorted((a, b) => a - b));
  const kept = [...rows].filter((row) => drawn[row] === 0);
  expect(kept.map((row) => size[row]!).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, at) => 80 + at),
  );
  expect(drawn.reduce((sum, one) => sum + one, 0)).toBe(10);
  expect(factor).toBe(8);
});

test("GOSS takes as many of equals as there is room for", () => {
  const { rows, drawn } = gossRows(seededRandom(5), new Float32Array(50).fill(1), { top: 0.2, other: 0.2 });
  expect(rows).toHaveLength(20);
  expect([...rows].filter((row) => drawn[row] === 0)).toEqual(Array.from({ length: 10 }, (_, at) => at));
  expect([...gossRows(seededRandom(5), new Float32Array(1), { top: 0.2, other: 0.1 }).rows]).toEqual([0]);
});

test("features that can be split are drawn, one at least", () => {
  const feature = (bins: number): BinnedFeature => ({
    kind: "numeric",
    name: "x",
    upper: new Float64Array(bins),
    missing: false,
    bins,
  });
  const features = [feature(1), feature(4), feature(4), feature(1), feature(2)];
  expect(drawFeatures(seededRandom(1), features, 1)).toBeUndefined();
  for (let seed = 0; seed < 20; seed++) {
    const few = drawFeatures(seededRandom(seed), features, 0.01)!;
    expect(few.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(few[0]! + few[3]!).toBe(0);
  }
  expect([...drawFeatures(seededRandom(1), [feature(1)], 0.5)!]).toEqual([0]);
});

test("draws of rounds, purposes and outputs differ, and depend on nothing else", () => {
  const seeds = [
    seedOf(1, 0, "bag"),
    seedOf(2, 0, "bag"),
    seedOf(1, 1, "bag"),
    seedOf(1, 0, "grow"),
    seedOf(1, 0, "grow", 1),
  ];
  expect(new Set(seeds).size).toBe(5);
  expect(seedOf(1, 0, "grow", 1)).toBe(seeds[4]);
});
