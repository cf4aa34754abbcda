import { graphBuilder, interpret } from "@tideline/graph";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { matrix, matrixOf, selectRows } from "../matrix.ts";
import { seededRandom } from "../random.ts";
import { expectNear, matrixFrom, vector } from "../select/testing/vector.ts";
import { standardise } from "../standardise.ts";
import { l1Logistic, smallestC } from "./l1-logistic.ts";
import { lasso, lassoPath } from "./lasso.ts";
import { linearModel, lowerLinear } from "./linear-model.ts";

interface Linear {
  readonly X: number[][];
  readonly y: number[];
  readonly target: number[];
  readonly lassoPath: { alphas: number[]; coefficients: number[][] };
  readonly lasso: { coefficients: number[]; intercept: number };
  readonly l1Two: { coefficients: number[][]; intercept: number[] };
  readonly l1Three: { coefficients: number[][]; intercept: number[] };
}
const given = vector<Linear>("select");
const X = matrixFrom(given.X);
const Z = standardise({}).fit(X).transform(X);
const y = Float64Array.from(given.target);

test("the lasso and its path are scikit-learn's", () => {
  const model = lasso({ alpha: 0.05, tolerance: 1e-13, maxIterations: 100_000 }).fit({ X, y });
  expect(model.report!.converged).toBe(true);
  expectNear(model.coefficients, given.lasso.coefficients, 1e-6, "coefficients", 1e-7);
  expect(model.intercept).toBeCloseTo(given.lasso.intercept, 5);
  const path = lassoPath({ X: Z, y }, { count: 12, least: 1e-2, tolerance: 1e-12 });
  expectNear(
    path.map(({ alpha }) => alpha),
    given.lassoPath.alphas,
    1e-9,
    "alphas",
  );
  for (const [at, step] of path.entries())
    expectNear(step.model.coefficients, given.lassoPath.coefficients[at]!, 1e-6, `step ${at}`, 1e-6);
  expect(path[0]!.active).toBe(0);
  expect(lassoPath({ X: Z, y }, { most: 3 }).at(-1)!.active).toBeGreaterThanOrEqual(3);
});

test("an L1 logistic regression is scikit-learn's, of two classes and of three", () => {
  const options = { C: 0.1, tolerance: 1e-9 };
  const three = l1Logistic(options).fit({ X: Z, y: given.y, classes: ["a", "b", "c"] });
  expect(three.report.converged).toBe(true);
  for (let k = 0; k < 3; k++) {
    const own = Float64Array.from({ length: Z.columns }, (_, j) => three.model.weights.values[3 * j + k]!);
    expectNear(own, given.l1Three.coefficients[k]!, 1e-4, `class ${k}`, 1e-5);
  }
  expectNear(three.model.intercepts, given.l1Three.intercept, 1e-4, "intercepts", 1e-5);
  const two = l1Logistic(options).fit({ X: Z, y: given.y.map((label) => +(label > 0)), classes: ["a", "b"] });
  const own = Float64Array.from({ length: Z.columns }, (_, j) => two.model.weights.values[2 * j + 1]!);
  expectNear(own, given.l1Two.coefficients[0]!, 1e-4, "two classes", 1e-5);
  expect(two.model.intercepts[1]! - two.model.intercepts[0]!).toBeCloseTo(given.l1Two.intercept[0]!, 5);
});

test("a path over C begins where every column is left out, and goes on from a model", () => {
  const rows = { X: Z, y: given.y, classes: ["a", "b", "c"] };
  const first = smallestC(rows);
  const active = (C: number) =>
    l1Logistic({ C, tolerance: 1e-8 })
      .fit(rows)
      .model.weights.values.filter((w) => w !== 0).length;
  expect(active(0.999 * first)).toBe(0);
  expect(active(1.05 * first)).toBeGreaterThan(0);
  const start = l1Logistic({ C: 0.1, tolerance: 1e-8 }).fit(rows);
  const again = l1Logistic({ C: 0.1, tolerance: 1e-7 }).fit({ ...rows, initial: start.model });
  expect(again.report.iterations).toBeLessThanOrEqual(2);
  const other = { X: Z, y: given.y.map(() => 0), classes: ["a", "b"], initial: start.model };
  expect(() => l1Logistic().fit(other)).toThrow(
    /initial: expected a model of 10 features and 2 classes, received 10 and 3/,
  );
});

test("where a fit ends nothing can be gained: the conditions of an optimum hold", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1000 }),
      fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      (seed, alpha) => {
        const random = seededRandom(seed);
        const [N, F] = [30, 6];
        const rows = matrix(
          N,
          F,
          Float64Array.from({ length: N * F }, () => random.normal()),
        );
        const target = Float64Array.from(
          { length: N },
          (_, i) => rows.values[i * F]! - rows.values[i * F + 1]! + random.normal(),
        );
        const sampleWeight = Float64Array.from({ length: N }, () => random.integer(3) + 0.5);
        const model = lasso({ alpha, tolerance: 1e-13, maxIterations: 50_000 }).fit({
          X: rows,
          y: target,
          sampleWeight,
        });
        const total = sampleWeight.reduce((sum, value) => sum + value, 0);
        const fitted = model.predict(rows);
        for (let j = 0; j <= F; j++) {
          let slope = 0;
          for (let i = 0; i < N; i++) {
            const x = j === F ? 1 : rows.values[i * F + j]!;
            slope += (sampleWeight[i]! / total) * x * (target[i]! - fitted[i]!);
          }
          const w = model.coefficients[j] ?? 0;
          if (j === F) expect(Math.abs(slope)).toBeLessThan(1e-9);
          else if (w === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(alpha + 1e-6);
          else expect(slope).toBeCloseTo(alpha * Math.sign(w), 5);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("weights count as rows do, constant columns are left out", () => {
  const weight = Float64Array.from(given.target, (_, row) => row % 3);
  const repeated = Int32Array.from(weight.keys().flatMap((row) => Array<number>(weight[row]!).fill(row)));
  const options = { alpha: 0.1, tolerance: 1e-13 };
  const weighted = lasso(options).fit({ X: Z, y, sampleWeight: weight });
  const more = lasso(options).fit({
    X: selectRows(Z, repeated),
    y: Float64Array.from(repeated, (row) => y[row]!),
  });
  expectNear(weighted.coefficients, [...more.coefficients], 1e-5, "coefficients", 1e-6);
  const flat = lasso({ alpha: 0 }).fit({
    X: matrixOf([
      [0.1, 1],
      [0.1, 2],
      [0.1, 3],
    ]),
    y: [2, 4, 6],
  });
  expect(flat.coefficients[0]).toBe(0);
  expect(flat.coefficients[1]).toBeCloseTo(2, 9);
});

test("a model says in a graph what it says here, and what is wrong is named", () => {
  const model = lasso({ alpha: 0.05 }).fit({ X: Z, y });
  const g = graphBuilder("linear");
  const x = g.input("x", "float32", ["N", model.features]);
  g.output("y", lowerLinear(g, x, model));
  const values = Float32Array.from(Z.values);
  const told = interpret(g.build(), { x: { dims: [Z.rows, Z.columns], values } })["y"]!;
  expect(told.dims).toEqual([Z.rows, 1]);
  expectNear(told.values, [...model.predict(matrix(Z.rows, Z.columns, values))], 1e-5, "graph", 1e-5);
  expect(() => lasso({ alpha: -1 })).toThrow(/lasso: alpha/);
  expect(() => lasso().fit({ X: Z, y: [1] })).toThrow(/y: expected 150 numbers/);
  expect(() => lasso().fit({ X: matrixOf([[NaN]]), y: [1] })).toThrow(
    /X, column 0, row 0: expected a finite/,
  );
  expect(() => lasso().fit({ X: matrix(0, 1, new Float64Array(0)), y: [] })).toThrow(/NOT_ENOUGH_DATA/);
  expect(() => model.predict(matrixOf([[1]]))).toThrow(/expected 10 columns/);
  expect(() => linearModel({ kind: "lasso", coefficients: Float64Array.of(NaN), intercept: 0 })).toThrow(
    /MODEL_MALFORMED/,
  );
  expect(() => l1Logistic({ C: 0 })).toThrow(/l1Logistic: C/);
});
