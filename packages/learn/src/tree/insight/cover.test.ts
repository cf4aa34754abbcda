import { expect, test } from "vitest";
import type { Tree } from "../tree-ensemble.ts";
import { coverMeans, coverShares } from "./cover.ts";

/** A root, a leaf with the rows of `counts[1]`, and a branch with two leaves. */
function treeOf(counts: readonly number[]): Tree {
  return {
    feature: Int32Array.of(0, -1, 0, -1, -1),
    threshold: Float64Array.of(0, NaN, 1, NaN, NaN),
    left: Int32Array.of(1, -1, 3, -1, -1),
    right: Int32Array.of(2, -1, 4, -1, -1),
    missingLeft: new Uint8Array(5),
    set: new Int32Array(5).fill(-1),
    sets: [],
    width: 1,
    value: Float64Array.of(0, 1, 0, 10, 20),
    count: Float64Array.from(counts),
    weight: Float64Array.from(counts, (count) => count / 3),
    gain: new Float64Array(5),
  };
}

test("siblings share their rows, and half each where they saw none", () => {
  expect(coverShares("test", treeOf([8, 2, 6, 6, 0]), "count")).toEqual(Float64Array.of(1, 0.25, 0.75, 1, 0));
  expect(coverShares("test", treeOf([8, 8, 0, 0, 0]), "count")).toEqual(Float64Array.of(1, 1, 0, 0.5, 0.5));
  const weighted = coverShares("test", treeOf([8, 2, 6, 6, 0]), "weight");
  expect(weighted[1]).toBeCloseTo(0.25, 15);
  expect(() => coverShares("test", treeOf([0, 0, 0, 0, 0]), "weight")).toThrow(/Ask for cover "count"/);
});

test("means are those of the leaves by their shares", () => {
  const tree = treeOf([8, 2, 6, 3, 3]);
  expect(coverMeans(tree, coverShares("test", tree, "count"))).toEqual(Float64Array.of(11.5, 1, 15, 10, 20));
});
