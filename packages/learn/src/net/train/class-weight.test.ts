import { expect, test } from "vitest";
import { classWeightedRows, rowWeights } from "./class-weight.ts";

test("balanced weights keep their sum, in float64", () => {
  const own = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0);
  const weights = classWeightedRows("fit", [0, 2, 2, 2, 1], 3, own, "balanced")!;
  // Two classes that weigh something: 0.1 and 0.9 of a sum of 1.
  [0.5, 1 / 9, 1 / 6, 2 / 9, 0].forEach((weight, row) => expect(weights[row]).toBeCloseTo(weight, 15));
  expect(classWeightedRows("fit", [0, 1], 2, own, undefined)).toBe(own);
  expect(classWeightedRows("fit", [0, 1], 2, undefined, [1, 1e-300])).toEqual(Float64Array.of(1, 1e-300));
});

test("whoever asks is named; nets take no weight that float32 cannot hold", () => {
  expect(() => classWeightedRows("randomForest.fit", [0, 1], 2, undefined, [1])).toThrow(
    "randomForest.fit: classWeights: expected 2 weights, one for each class, received 1",
  );
  expect(() => classWeightedRows("fit", [0, 0], 2, undefined, [0, 1])).toThrow(
    "classWeights: expected a class with rows and a weight above 0, received none",
  );
  const target = { dims: [], values: Int32Array.of(0, 1) };
  expect(rowWeights(target, 2, undefined, [1, 2])).toEqual(Float32Array.of(1, 2));
  expect(() => rowWeights(target, 2, undefined, [1, 1e40])).toThrow(/weight of row 1: .*received 1e\+40/);
  expect(() => rowWeights(target, 2, undefined, [1e-60, 1e-60])).toThrow("received none in float32");
});
