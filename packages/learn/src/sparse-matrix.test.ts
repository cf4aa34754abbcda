import { expect, test } from "vitest";
import { logisticLoss } from "./logistic-loss.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { matrix, selectRows } from "./matrix.ts";
import { seededRandom } from "./random.ts";
import { denseMatrix, selectSparseRows, sparseMatrix } from "./sparse-matrix.ts";

const random = seededRandom(3);

/** A table of which one number in five is there, sparse and dense. */
function table(rows: number, columns: number) {
  const indptr = new Int32Array(rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (random.uniform() > 0.2) continue;
      indices.push(column);
      values.push(random.normal());
    }
    indptr[row + 1] = indices.length;
  }
  return sparseMatrix({
    rows,
    columns,
    indptr,
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  });
}

test.each([2, 3, 5])("a logistic regression of %i classes is the same on sparse rows", (K) => {
  const X = table(150, 12);
  const dense = denseMatrix(X);
  const y = Int32Array.from({ length: 150 }, () => random.integer(K));
  const classes = Array.from({ length: K }, (_, k) => `class-${k}`);
  const sampleWeight = Float64Array.from(y, () => random.uniform());
  const given = { y, classCount: K, weight: sampleWeight, total: 70, l2: 0.02 };
  const at = Float64Array.from({ length: 13 * K }, () => random.normal());
  const [one, other] = [new Float64Array(at.length), new Float64Array(at.length)];
  expect(logisticLoss({ ...given, X })(at, one)).toBeCloseTo(
    logisticLoss({ ...given, X: dense })(at, other),
    12,
  );
  for (const [place, value] of one.entries()) expect(value).toBeCloseTo(other[place]!, 12);

  const options = { C: 3, tolerance: 1e-8, maxIterations: 500 };
  const sparse = logisticRegression(options).fit({ X, y, classes, sampleWeight });
  const full = logisticRegression(options).fit({ X: dense, y, classes, sampleWeight });
  for (const [place, value] of sparse.weights.values.entries())
    expect(value).toBeCloseTo(full.weights.values[place]!, 5);
  const [ours, theirs] = [sparse.predictProbabilities(X), sparse.predictProbabilities(dense)];
  for (const [place, value] of ours.values.entries()) expect(value).toBeCloseTo(theirs.values[place]!, 12);
  expect(sparse.predict(X)).toEqual(sparse.predict(dense));
});

test("rows are taken in any order", () => {
  const X = table(20, 7);
  const rows = [4, 4, 0, 19];
  expect(denseMatrix(selectSparseRows(X, rows))).toEqual(selectRows(denseMatrix(X), rows));
  expect(() => selectSparseRows(X, [20])).toThrow("ARGUMENT_INVALID");
});

test("arrays that contradict each other are refused", () => {
  const parts = {
    rows: 2,
    columns: 3,
    indptr: new Int32Array([0, 2, 3]),
    indices: new Int32Array([0, 2, 1]),
    values: new Float64Array([1, 2, 3]),
  };
  expect(denseMatrix(sparseMatrix(parts))).toEqual(matrix(2, 3, new Float64Array([1, 0, 2, 0, 3, 0])));
  const wrong = [
    { rows: 3 },
    { indptr: new Int32Array([0, 2, 4]) },
    { indptr: new Int32Array([0, 4, 3]) },
    { indices: new Int32Array([2, 0, 1]) },
    { indices: new Int32Array([0, 3, 1]) },
    { indices: new Int32Array([-1, 0, 1]) },
    { values: new Float64Array(2) },
  ];
  for (const one of wrong) expect(() => sparseMatrix({ ...parts, ...one })).toThrow("ARGUMENT_INVALID");
  expect(() => denseMatrix({ ...sparseMatrix(parts), rows: 1 << 26 })).toThrow("ARGUMENT_INVALID");
});

test("a number that is not finite is named by row and column", () => {
  const X = { ...table(5, 4), values: new Float64Array([]) };
  const indptr = new Int32Array([0, 0, 1, 1, 2, 2]);
  const bad = sparseMatrix({
    ...X,
    indptr,
    indices: new Int32Array([3, 2]),
    values: new Float64Array([1, NaN]),
  });
  const fit = () => logisticRegression().fit({ X: bad, y: [0, 1, 0, 1, 0], classes: ["a", "b"] });
  expect(fit).toThrow("X, row 3, column 2");
});
