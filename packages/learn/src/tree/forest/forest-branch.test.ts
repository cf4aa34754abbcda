import * as fc from "fast-check";
import { expect, test } from "vitest";
import { matrix, type Matrix } from "../../matrix.ts";
import type { TreeRows } from "../bin/table-rows.ts";
import { extraTrees, randomForest } from "./random-forest.ts";

const CLASSES = ["low", "middle", "high"];

/** The impurity of the best split of rows into two, by trying all: sums of squares about means. */
function leastSpread(X: Matrix, y: Float64Array): number {
  const spread = (rows: number[]) => {
    const mean = rows.reduce((sum, row) => sum + y[row]!, 0) / rows.length;
    return rows.reduce((sum, row) => sum + (y[row]! - mean) ** 2, 0);
  };
  const all = [...y.keys()];
  let least = Infinity;
  for (let k = 0; k < X.columns; k++)
    for (const at of all) {
      const threshold = X.values[at * X.columns + k]!;
      const left = all.filter((row) => X.values[row * X.columns + k]! <= threshold);
      const right = all.filter((row) => X.values[row * X.columns + k]! > threshold);
      if (right.length > 0) least = Math.min(least, spread(left) + spread(right));
    }
  return least;
}

test("a branch is the best of all, as trying them says", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.integer({ min: 0, max: 6 }),
          fc.integer({ min: 0, max: 6 }),
          fc.integer({ min: 0, max: 2 }),
        ),
        {
          minLength: 2,
          maxLength: 14,
        },
      ),
      async (given) => {
        const X = matrix(given.length, 2, Float64Array.from(given.flatMap(([a, b]) => [a, b])));
        const y = Float64Array.from(given, ([, , value]) => value);
        const options = { trees: 1, bootstrap: false, depth: 1, features: 1 } as const;
        const { ensemble } = await randomForest({ task: "regression", ...options }).fit({ X, y });
        const tree = ensemble.trees[0]!;
        const mean = y.reduce((a, b) => a + b) / y.length;
        const whole = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        const least = leastSpread(X, y);
        expect(tree.feature.length === 1).toBe(whole < 1e-12 || least === Infinity);
        if (tree.feature.length === 3) expect(tree.gain[0]).toBeCloseTo(whole - least, 9);
        // The same by classes: three classes of which the third is empty are two.
        const two = Int32Array.from(y, (value) => Math.min(value, 1));
        const classed = async (classes: string[]) =>
          (await randomForest({ ...options, seed: 1 }).fit({ X, y: two, classes })).ensemble.trees[0]!;
        const [scalar, wide] = [await classed(["a", "b"]), await classed(["a", "b", "c"])];
        expect(wide.feature.length).toBe(scalar.feature.length);
        expect(wide.gain[0]).toBeCloseTo(scalar.gain[0]!, 9);
      },
    ),
    { numRuns: 40 },
  );
});

test("any rows: every training row is predicted, weights add up", async () => {
  const value = fc.oneof(
    fc.double(),
    fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1, 1e308, -1e308, Number.MIN_VALUE),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(value, value, fc.constantFrom("x", "y", null, "z"), fc.integer({ min: 0, max: 2 })), {
        minLength: 1,
        maxLength: 30,
      }),
      fc.boolean(),
      fc.boolean(),
      async (given, extra, bootstrap) => {
        const columns = {
          a: given.map(([a]) => a),
          b: Float32Array.from(given, ([, b]) => b),
          c: given.map(([, , c]) => c),
        };
        const rows: TreeRows = { columns, categorical: ["c"] };
        const y = Int32Array.from(given, ([, , , label]) => label);
        const forest = extra ? extraTrees : randomForest;
        const model = await forest({ trees: 3, bootstrap }).fit({ ...rows, y, classes: CLASSES });
        expect(model.predictProbabilities(rows).values.every((p) => p >= 0 && p <= 1)).toBe(true);
        for (const tree of model.ensemble.trees)
          for (const [node, asked] of tree.feature.entries())
            if (asked >= 0)
              expect(tree.count[node]).toBe(tree.count[tree.left[node]!]! + tree.count[tree.right[node]!]!);
        if (bootstrap) return;
        // Without draws, every row arrives where it was counted.
        const numbers = await forest({ task: "regression", trees: 2, bootstrap }).fit({ ...rows, y: [...y] });
        const said = numbers.predict(rows);
        const mean = y.reduce((a, b) => a + b) / y.length;
        expect(said.reduce((a, b) => a + b) / y.length).toBeCloseTo(mean, 9);
      },
    ),
    { numRuns: 60 },
  );
});

test("thresholds lie in the middle of the gap between rows of the node", async () => {
  const speed = Float64Array.from({ length: 200 }, (_, row) => row);
  const y = Int32Array.from(speed, (value) => (value < 100 ? 0 : 1));
  // Rows between 20 and 180 have bins, and weigh nothing.
  const sampleWeight = speed.map((value) => (value < 20 || value > 180 ? 1 : 0));
  for (const classes of [["a", "b"], CLASSES]) {
    const rows = { columns: { speed }, y, classes, sampleWeight };
    const { ensemble } = await randomForest({ trees: 1, bootstrap: false }).fit(rows);
    expect(ensemble.trees[0]!.feature.length).toBe(3);
    expect(ensemble.trees[0]!.threshold[0]).toBeCloseTo(100, -1);
    const drawn = await extraTrees({ trees: 300, depth: 1 }).fit(rows);
    const within = drawn.ensemble.trees
      .map(({ threshold }) => threshold[0]!)
      .filter((t) => t > 20 && t < 179);
    // Most of the way from the least to the largest row is the gap; there, any threshold is as likely as another.
    expect(within.length / 300).toBeGreaterThan(0.7);
    expect(within.reduce((sum, value) => sum + value, 0) / within.length).toBeCloseTo(100, -1);
    expect(within.filter((t) => t < 60).length / within.length).toBeCloseTo(0.25, 1);
  }
});
