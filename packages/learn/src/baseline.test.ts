import { expect, test } from "vitest";
import vector from "../../../vectors/learn/baseline.json" with { type: "json" };
import { majorityClass, nearestCentroid } from "./baseline.ts";
import { matrixOf } from "./matrix.ts";
import { largestDifference } from "./testing/largest-difference.ts";

const rows = { X: matrixOf(vector.X), y: vector.y, classes: ["a", "b", "c"] };

test("the majority class has the class shares as probabilities", () => {
  const model = majorityClass().fit(rows);
  expect(largestDifference(model.priors, vector.priors)).toBeLessThan(1e-12);
  const most = vector.priors.indexOf(Math.max(...vector.priors));
  expect([...model.predict(rows.X)]).toEqual(vector.y.map(() => most));
});

test("the nearest centroid is scikit-learn's", () => {
  const model = nearestCentroid().fit(rows);
  expect(largestDifference(model.centroids.values, vector.centroids.flat())).toBeLessThan(1e-12);
  expect([...model.predict(rows.X)]).toEqual(vector.predicted);
});

test("a class without rows is never predicted", () => {
  const model = nearestCentroid().fit({ ...rows, classes: ["a", "b", "c", "unseen"] });
  const { values } = model.predictProbabilities(rows.X);
  for (let i = 0; i < rows.X.rows; i++) expect(values[i * 4 + 3]).toBe(0);
});

test("weights count as rows", () => {
  const sampleWeight = Float64Array.from(vector.y, (label) => (label === 1 ? 100 : 1));
  expect(
    majorityClass()
      .fit({ ...rows, sampleWeight })
      .predict(rows.X)[0],
  ).toBe(1);
});
