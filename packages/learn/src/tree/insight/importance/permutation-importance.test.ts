import { describe, expect, test } from "vitest";
import { logisticRegression } from "../../../logistic-regression.ts";
import { matrix } from "../../../matrix.ts";
import { seededRandom } from "../../../random.ts";
import { correlatedGroups } from "./correlated-group.ts";
import type { ImportanceMetric } from "./importance-metric.ts";
import { permutationImportance, type PermutationOptions } from "./permutation-importance.ts";
import { studentQuantile } from "./student-quantile.ts";

const random = seededRandom(4);
const N = 200;
const draw = () => Float64Array.from({ length: N }, () => random.normal());
const [a, b, noise] = [draw(), draw(), draw()];
const twin = a.map((value) => value + 1e-3 * random.normal());
const columns = { a, b, noise };
const y = a.map((value, row) => 3 * value - b[row]!);
const linear = ({ columns: given }: { columns: Record<string, ArrayLike<number>> }) =>
  Float64Array.from({ length: N }, (_, row) => 3 * given["a"]![row]! - given["b"]![row]!);
const squared: ImportanceMetric = {
  name: "meanSquaredError",
  better: "lower",
  of: (truth, predicted) =>
    (predicted as Float64Array).reduce((sum, value, row) => sum + (value - truth[row]!) ** 2, 0) /
    truth.length,
};
const variance = (values: Float64Array) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
};

test("of a linear model the mean squared error grows by twice the variance of what is exchanged", async () => {
  const options: PermutationOptions = { metric: squared, repeats: 40, seed: 1, level: 0.999 };
  const { score, metric, features } = await permutationImportance(linear, { columns, y }, options);
  expect({ score, metric }).toEqual({ score: 0, metric: "meanSquaredError" });
  expect(features.map(({ feature }) => feature)).toEqual(["a", "b", "noise"]);
  for (const [feature, expected] of [
    [features[0]!, 18 * variance(a)],
    [features[1]!, 2 * variance(b)],
  ] as const) {
    expect(feature.interval.low).toBeLessThan(expected);
    expect(feature.interval.high).toBeGreaterThan(expected);
    expect(feature.interval.high - feature.interval.low).toBeLessThan(0.3 * expected);
    expect(feature.losses.length).toBe(40);
  }
  expect(features[2]).toMatchObject({ mean: 0, deviation: 0, interval: { low: 0, high: 0 } });
});

test("equal seeds give equal answers, whichever columns are asked for, and others do not", async () => {
  const options: PermutationOptions = { metric: "r2", repeats: 3, seed: 7 };
  const all = await permutationImportance(linear, { columns, y }, options);
  const one = await permutationImportance(linear, { columns, y }, { ...options, features: ["b"] });
  const other = await permutationImportance(linear, { columns, y }, { ...options, seed: 8 });
  expect(one.features).toEqual([all.features[1]]);
  expect(other.features[1]).not.toEqual(all.features[1]);
  expect(all.score).toBeCloseTo(1, 12);
  expect(new Set(other.features.flatMap(({ losses }) => [...losses])).size).toBe(7);
});

test("columns that say the same matter together", async () => {
  const both = { columns: { a, twin, b }, y };
  const mean = ({ columns: given }: typeof both) =>
    Float64Array.from({ length: N }, (_, row) => 1.5 * (given.a[row]! + given.twin[row]!) - given.b[row]!);
  const groups = correlatedGroups(both);
  expect(groups).toEqual({ "a + twin": ["a", "twin"] });
  const against = twin.map((value) => -(value ** 3));
  const holes = a.map((value, row) => (row % 3 === 0 ? NaN : value));
  const words = Array.from(a, String);
  expect(correlatedGroups({ columns: { b, against, holes, words, a }, y })).toEqual({
    "against + holes + a": ["against", "holes", "a"],
  });
  const options: PermutationOptions = { metric: "rootMeanSquaredError", repeats: 5 };
  const alone = await permutationImportance(mean, both, options);
  const together = await permutationImportance(mean, both, { ...options, groups });
  expect(together.features.map(({ feature }) => feature)).toEqual(["a + twin", "b"]);
  expect(together.features[0]!.columns).toEqual(["a", "twin"]);
  expect(together.features[0]!.mean).toBeGreaterThan(1.8 * alone.features[0]!.mean);
});

test("classifiers of matrices are asked by any metric, in a promise too", async () => {
  const X = matrix(
    N,
    2,
    Float32Array.from({ length: 2 * N }, (_, at) => (at % 2 === 0 ? a : noise)[at >> 1]!),
  );
  const labels = Int32Array.from(a, (value) => (value > 0 ? 1 : 0));
  const rows = { X, y: labels, classes: ["no", "yes"], names: ["a", "noise"] };
  const before = X.values.slice();
  const model = logisticRegression().fit(rows);
  for (const metric of ["accuracy", "macroF1", "logLoss", "areaUnderRoc"] as const) {
    const { features } = await permutationImportance(
      (given) => Promise.resolve(model.predictProbabilities(given.X)),
      rows,
      { metric, repeats: 4 },
    );
    expect(features.map(({ feature }) => feature)).toEqual(["a", "noise"]);
    expect(features[0]!.mean).toBeGreaterThan(0.2);
    expect(Math.abs(features[1]!.mean)).toBeLessThan(0.05);
  }
  const ofClasses = await permutationImportance((given) => model.predict(given.X), rows, {
    metric: "accuracy",
  });
  expect(ofClasses.score).toBeGreaterThan(0.95);
  expect(X.values).toEqual(before);
});

test("columns of texts and of codes are exchanged, and stopping stops", async () => {
  const texts = Array.from({ length: 8 }, (_, row) => (row % 2 === 0 ? "even" : "odd"));
  const codes = Int32Array.from(texts, (text) => (text === "odd" ? 1 : 0));
  const rows = { y: codes, columns: { texts, coded: { codes, categories: ["even", "odd"] } } };
  const seen: string[] = [];
  const options: PermutationOptions = { metric: "accuracy", onFeature: ({ feature }) => seen.push(feature) };
  const { features } = await permutationImportance(
    (given) =>
      Int32Array.from(given.columns.texts, (text, row) =>
        text === "odd" ? given.columns.coded.codes[row]! : 0,
      ),
    rows,
    options,
  );
  expect(seen).toEqual(["texts", "coded"]);
  expect(features.every(({ mean }) => mean > 0.05)).toBe(true);
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(permutationImportance(() => codes, rows, { ...options, signal })).rejects.toThrow("enough");
});

test("Student's quantiles are those of SciPy", () => {
  // scipy.stats.t.ppf(0.975, [1, 2, 3, 4, 9, 10, 49, 1000]), and of 0.995 at 5
  const known = [
    12.706204736174694, 4.302652729749462, 3.1824463052837078, 2.7764451051977934, 2.262157162798204,
    2.2281388519862735, 2.0095752371292397, 1.9623390808264078,
  ];
  for (const [at, degrees] of [1, 2, 3, 4, 9, 10, 49, 1000].entries())
    expect(studentQuantile(0.95, degrees)).toBeCloseTo(known[at]!, 9);
  expect(studentQuantile(0.99, 5)).toBeCloseTo(4.032142983555228, 9);
});

describe("what is wrong is named", () => {
  const rows = { columns, y };
  const base: PermutationOptions = { metric: "r2" };
  test.each<[Partial<PermutationOptions>, RegExp]>([
    [{ repeats: 0 }, /repeats: expected an integer of at least 1, received 0.*DEFINITION_ILLEGAL/],
    [{ level: 1 }, /level: expected a number between 0 and 1.*DEFINITION_ILLEGAL/],
    [{ metric: "gini" as "r2" }, /metric: expected one of accuracy.*received gini.*DEFINITION_ILLEGAL/],
    [{ features: ["c"] }, /features: expected one of a, b, noise, received "c".*ARGUMENT_INVALID/],
    [{ groups: { g: ["c"] } }, /groups.g: expected one of a, b, noise, received "c"/],
    [{ groups: { g: [] } }, /groups.g: expected at least one column/],
    [{ groups: { g: ["a"], h: ["a"] } }, /groups.h: expected each column in one group, once, received a/],
    [{ groups: { noise: ["a", "b"] } }, /groups.noise: expected a name that no column outside of it has/],
  ])("%o", async (options, message) => {
    await expect(permutationImportance(linear, rows, { ...base, ...options })).rejects.toThrow(message);
  });
  test("rows", async () => {
    const ask = (given: Parameters<typeof permutationImportance>[1]) =>
      permutationImportance(() => [0], given, base);
    await expect(ask({ columns, y: y.subarray(1) })).rejects.toThrow(
      /columns.a: expected 199 values.*received 200/,
    );
    await expect(ask({ columns: { a: [1] }, y: [1] })).rejects.toThrow(
      /at least two rows, received 1.*NOT_ENOUGH_DATA/,
    );
    const X = matrix(2, 2, new Float64Array(4));
    await expect(ask({ X, y: [1, 2, 3] })).rejects.toThrow(/X: expected 3 rows/);
    await expect(ask({ X, y: [1, 2], names: ["a"] })).rejects.toThrow(/names: expected 2 names, received 1/);
    await expect(ask({ X, y: [1, 2] })).rejects.toThrow(/metric r2/);
    await expect(
      permutationImportance(() => [0, 1], { X, y: [0, 1] }, { metric: "logLoss" }),
    ).rejects.toThrow(/Predict probabilities/);
    for (const metric of ["accuracy", "macroF1"] as const) {
      const shares = permutationImportance(() => [0.9, 0.1], { X, y: [0, 1] }, { metric });
      await expect(shares).rejects.toThrow(/predicted: expected positions of classes.*0.9.*ARGUMENT_INVALID/);
      const labels = permutationImportance(() => [0, 1], { X, y: [0.2, 0.7] }, { metric });
      await expect(labels).rejects.toThrow(/y: expected positions of classes.*0.2.*ARGUMENT_INVALID/);
    }
    const oneClass = permutationImportance(() => [0.1, 0.2], { X, y: [1, 1] }, { metric: "areaUnderRoc" });
    await expect(oneClass).rejects.toThrow(
      /metric areaUnderRoc: expected a finite figure of these rows, received NaN/,
    );
    expect(() => correlatedGroups({ columns, y }, { atLeast: 1 })).toThrow(
      /atLeast: expected a number of at least 0/,
    );
  });
});
