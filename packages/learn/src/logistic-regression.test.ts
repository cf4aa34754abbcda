import { expect, test } from "vitest";
import vectors from "../../../vectors/learn/logistic-regression.json" with { type: "json" };
import { logisticLoss } from "./logistic-loss.ts";
import { logisticModel, logisticRegression } from "./logistic-regression.ts";
import { matrix, matrixOf, selectRows } from "./matrix.ts";
import { logLoss } from "./metric/log-loss.ts";
import { seededRandom } from "./random.ts";
import { largestDifference } from "./testing/largest-difference.ts";

const { cases } = vectors;

const namesOf = (count: number) => Array.from({ length: count }, (_, k) => `class-${k}`);

test.each(cases)("$name: weights and probabilities are scikit-learn's", (vector) => {
  const X = matrixOf(vector.X);
  const model = logisticRegression({ C: vector.C, tolerance: 1e-9, maxIterations: 2000 }).fit({
    X,
    y: vector.y,
    classes: namesOf(vector.classCount),
    ...(vector.sampleWeight === null ? {} : { sampleWeight: Float64Array.from(vector.sampleWeight) }),
  });
  expect(model.report?.converged).toBe(true);
  const size = Math.max(...vector.coef.flat().map(Math.abs));
  const K = vector.classCount;
  const ours = (j: number, k: number) => model.weights.values[j * K + k]!;
  for (let j = 0; j < X.columns; j++) {
    if (K === 2) {
      // scikit-learn's single column is the difference of our two.
      expect(Math.abs(ours(j, 1) - ours(j, 0) - vector.coef[0]![j]!) / size).toBeLessThan(1e-3);
    } else {
      for (let k = 0; k < K; k++) {
        expect(Math.abs(ours(j, k) - vector.coef[k]![j]!) / size).toBeLessThan(1e-3);
      }
    }
  }
  const probabilities = model.predictProbabilities(X);
  const head = probabilities.values.subarray(0, vector.probabilities.length * K);
  expect(largestDifference(head, vector.probabilities.flat())).toBeLessThan(1e-5);
  expect(Math.abs(logLoss(vector.y, probabilities) - vector.logLoss)).toBeLessThan(1e-6);
});

test.each([2, 3, 4, 7])("the gradient for %i classes is that of finite differences", (K) => {
  const random = seededRandom(K);
  const [N, F] = [11, 5];
  const X = matrix(
    N,
    F,
    Float64Array.from({ length: N * F }, () => random.normal()),
  );
  const y = Int32Array.from({ length: N }, () => random.integer(K));
  const weight = Float64Array.from({ length: N }, () => random.uniform());
  const total = weight.reduce((a, b) => a + b, 0);
  const objective = logisticLoss({ X, y, classCount: K, weight, total, l2: 0.3 });
  const at = Float64Array.from({ length: (F + 1) * K }, () => random.normal());
  const gradient = new Float64Array(at.length);
  const ignored = new Float64Array(at.length);
  objective(at, gradient);
  for (let i = 0; i < at.length; i++) {
    const step = 1e-5;
    const moved = (by: number) => objective(at.with(i, at[i]! + by), ignored);
    expect(Math.abs((moved(step) - moved(-step)) / (2 * step) - gradient[i]!)).toBeLessThan(1e-8);
  }
});

const first = cases[0]!;
const rows = { X: matrixOf(first.X), y: first.y, classes: namesOf(3) };

test("fitting twice is the same to the bit and changes no input", () => {
  const before = [...rows.X.values];
  const [a, b] = [logisticRegression().fit(rows), logisticRegression().fit(rows)];
  expect(a.weights.values).toEqual(b.weights.values);
  expect(a.intercepts).toEqual(b.intercepts);
  expect([...rows.X.values]).toEqual(before);
  expect(Object.isFrozen(a)).toBe(true);
});

test("a warm start arrives at the same place in fewer steps", () => {
  const options = { C: 1, tolerance: 1e-7 };
  const near = logisticRegression({ ...options, C: 0.9 }).fit(rows);
  const cold = logisticRegression(options).fit(rows);
  const warm = logisticRegression(options).fit({ ...rows, initial: near });
  expect(warm.report!.iterations).toBeLessThan(cold.report!.iterations);
  expect(largestDifference(warm.weights.values, cold.weights.values)).toBeLessThan(1e-5);
});

test("a weight of two is a row given twice", () => {
  const twice = [...rows.X.values.keys()].slice(0, rows.X.rows).flatMap((i) => (i < 20 ? [i, i] : [i]));
  const options = { tolerance: 1e-9 };
  const doubled = logisticRegression(options).fit({
    ...rows,
    X: selectRows(rows.X, twice),
    y: twice.map((i) => rows.y[i]!),
  });
  const weighted = logisticRegression(options).fit({
    ...rows,
    sampleWeight: Float64Array.from(rows.y, (_, i) => (i < 20 ? 2 : 1)),
  });
  expect(largestDifference(doubled.weights.values, weighted.weights.values)).toBeLessThan(1e-6);
});

test("a stored model predicts alike, for any number of rows", () => {
  const model = logisticRegression().fit(rows);
  const { classes, weights, intercepts } = model;
  const stored = logisticModel({ classes, weights, intercepts });
  const all = model.predictProbabilities(rows.X);
  for (const count of [0, 1, 2, 3, 4, 5]) {
    const some = selectRows(rows.X, [...Array.from({ length: count }).keys()]);
    expect([...stored.predictProbabilities(some).values]).toEqual([...all.values.subarray(0, count * 3)]);
  }
  expect(stored.predict(rows.X)).toEqual(model.predict(rows.X));
});

test("extreme scores stay finite", () => {
  const model = logisticModel({
    classes: ["a", "b"],
    weights: matrix(1, 2, new Float64Array([1000, -1000])),
    intercepts: new Float64Array(2),
  });
  expect([...model.predictProbabilities(matrixOf([[5], [-5]])).values]).toEqual([1, 0, 0, 1]);
});

test.each([
  [{ y: [9, ...first.y.slice(1)] }, "ARGUMENT_INVALID", /y\[0\]: expected an integer in 0\.\.2, received 9/],
  [{ y: [0] }, "ARGUMENT_INVALID", /90 labels/],
  [{ classes: ["one"] }, "NOT_ENOUGH_DATA", /two classes/],
  [{ X: matrixOf([[1, Infinity]]), y: [0] }, "DATA_MALFORMED", /row 0, column 1/],
  [{ sampleWeight: new Float64Array(90) }, "ARGUMENT_INVALID", /positive sum/],
  [{ sampleWeight: new Float64Array(90).fill(-1) }, "ARGUMENT_INVALID", /sampleWeight\[0\]/],
])("bad rows fail legibly (%#)", (change, code, message) => {
  const act = () => logisticRegression().fit({ ...rows, ...change });
  expect(act).toThrow(expect.objectContaining({ code }));
  expect(act).toThrow(message);
});

test("bad options, initial models and widths are refused", () => {
  const invalid = expect.objectContaining({ code: "ARGUMENT_INVALID" });
  expect(() => logisticRegression({ C: 0 })).toThrow(invalid);
  expect(() => logisticRegression({ tolerance: NaN })).toThrow(invalid);
  const model = logisticRegression().fit(rows);
  expect(() => model.predict(matrixOf([[1]]))).toThrow(invalid);
  const narrow = { X: matrixOf([[1], [2]]), y: [0, 1], classes: namesOf(3) };
  expect(() => logisticRegression().fit({ ...narrow, initial: model })).toThrow(invalid);
  const parts = { classes: ["a"], weights: model.weights, intercepts: model.intercepts };
  expect(() => logisticModel(parts)).toThrow(expect.objectContaining({ code: "MODEL_MALFORMED" }));
});
