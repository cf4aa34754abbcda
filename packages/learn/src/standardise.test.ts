import { expect, test } from "vitest";
import vector from "../../../vectors/learn/standardise.json" with { type: "json" };
import { matrix, matrixOf } from "./matrix.ts";
import { standardise, standardiser } from "./standardise.ts";
import { largestDifference } from "./testing/largest-difference.ts";

test("mean, scale and rows are those of scikit-learn's StandardScaler", () => {
  const X = matrixOf(vector.X);
  const fitted = standardise({}).fit(X);
  expect(largestDifference(fitted.mean, vector.mean)).toBeLessThan(1e-9);
  const relative = fitted.scale.map((scale, j) => scale / vector.scale[j]!);
  expect(largestDifference(relative, [1, 1, 1, 1])).toBeLessThan(1e-9);
  const rows = fitted.transform(X).values.subarray(0, vector.transformed.length * X.columns);
  expect(largestDifference(rows, vector.transformed.flat())).toBeLessThan(1e-7);
});

test("a constant column has scale 1, also where its mean is rounded", () => {
  const X = matrix(3, 2, new Float64Array([0.1, 5, 0.1, 5, 0.1, 5]));
  expect([...standardise({}).fit(X).scale]).toEqual([1, 1]);
});

test("a stored standardiser transforms alike, keeps the storage type and leaves its input alone", () => {
  const values = new Float32Array([1, 2, 3, 4, 5, 7]);
  const X = matrix(3, 2, values);
  const fitted = standardise({}).fit(X);
  const again = standardiser(fitted.mean, fitted.scale).transform(X);
  expect(again.values).toEqual(fitted.transform(X).values);
  expect(again.values).toBeInstanceOf(Float32Array);
  expect([...values]).toEqual([1, 2, 3, 4, 5, 7]);
  expect([...standardise({ withMean: false, withStd: false }).fit(X).transform(X).values]).toEqual([
    ...values,
  ]);
});

test("bad input fails legibly", () => {
  expect(() => standardise({}).fit(matrixOf([[1, NaN]]))).toThrow(/column 1: expected finite numbers/);
  expect(() => standardise({}).fit(matrixOf([]))).toThrow(
    expect.objectContaining({ code: "NOT_ENOUGH_DATA" }),
  );
  const fitted = standardise({}).fit(matrixOf([[1, 2]]));
  expect(() => fitted.transform(matrixOf([[1]]))).toThrow(/expected 2 columns, received 1/);
});
