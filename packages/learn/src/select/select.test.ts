import { expect, test } from "vitest";
import { frame } from "../frame/frame.ts";
import { matrixOf } from "../matrix.ts";
import { standardise } from "../standardise.ts";
import type { Split } from "../split.ts";
import type { Labels } from "../transform/transform-def.ts";
import { byLogistic } from "./model/by-linear.ts";
import { selectMrmr } from "./select-mrmr.ts";
import { selectRfe, selectRfecv } from "./select-rfe.ts";
import { selectSequential } from "./select-sequential.ts";
import { selectVariance } from "./select-variance.ts";
import type { Selected } from "./selected.ts";
import { expectNear, matrixFrom, vector } from "./testing/vector.ts";
import { selectFdr, selectFpr, selectFwe, selectKBest, selectPercentile } from "./univariate.ts";

interface Selections {
  readonly X: number[][];
  readonly y: number[];
  readonly target: number[];
  readonly folds: { train: number[]; test: number[] }[];
  readonly variance: Record<string, number[]>;
  readonly variances: number[];
  readonly kBest: number[];
  readonly percentile: number[];
  readonly fpr: number[];
  readonly fdr: number[];
  readonly fwe: number[];
  readonly rfe: number[];
  readonly rfeWide: number[];
  readonly rfecv: { kept: number[]; columns: number[]; loss: number[] };
  readonly sequential: Record<"forward" | "backward", number[]>;
  readonly mrmr: Record<"quotient" | "difference", number[]>;
}
const given = vector<Selections>("select");
const X = matrixFrom(given.X);
const Z = standardise({}).fit(X).transform(X);
const labels: Labels = { kind: "classes", y: Int32Array.from(given.y), classes: ["a", "b", "c"] };
const values: Labels = { kind: "values", y: Float64Array.from(given.target) };
const folds: readonly Split[] = given.folds.map(({ train, test: held }) => ({
  train: Int32Array.from(train),
  test: Int32Array.from(held),
}));
const keptOf = ({ kept }: Selected) => kept.map((name) => Number(name.slice(1)));

test("columns are kept as scikit-learn keeps them: variance, best, percentile, error rates", () => {
  for (const [threshold, kept] of Object.entries(given.variance))
    expect(keptOf(selectVariance({ threshold: Number(threshold) }).fit(X))).toEqual(kept);
  const { scores } = selectVariance().fit(X).report;
  expectNear(
    scores.map(({ score }) => score),
    given.variances,
    1e-9,
    "variances",
  );
  const score = "fClassif" as const;
  expect(keptOf(selectKBest({ score, k: 4 }).fit(X, labels))).toEqual(given.kBest);
  expect(keptOf(selectPercentile({ score, percentile: 33 }).fit(X, labels))).toEqual(given.percentile);
  expect(keptOf(selectFpr({ score, alpha: 0.2 }).fit(X, labels))).toEqual(given.fpr);
  expect(keptOf(selectFdr({ score, alpha: 0.2 }).fit(X, labels))).toEqual(given.fdr);
  expect(keptOf(selectFwe({ score: "fRegression" }).fit(X, values))).toEqual(given.fwe);
});

const model = byLogistic({ C: 0.5, tolerance: 1e-9, maxIterations: 2000, scale: false });

test("recursive elimination ranks columns as scikit-learn's, and folds choose the same number", async () => {
  const ranks = async (options: { keep: number; step?: number }) => {
    const { report } = await selectRfe({ model, ...options }).fit(Z, labels);
    return report.scores.map(({ rank }) => rank);
  };
  expect(await ranks({ keep: 3 })).toEqual(given.rfe);
  expect(await ranks({ keep: 2, step: 3 })).toEqual(given.rfeWide);
  const chosen = await selectRfecv({ model, folds, metric: "logLoss" }).fit(Z, labels);
  expect(keptOf(chosen)).toEqual(given.rfecv.kept);
  const path = chosen.report.details["path"] as { columns: number; mean: number }[];
  expect(path.map(({ columns }) => columns)).toEqual(given.rfecv.columns);
  expectNear(
    path.map(({ mean }) => mean),
    given.rfecv.loss,
    1e-6,
    "loss",
  );
  const fewer = await selectRfecv({ model, folds, metric: "logLoss", oneError: true }).fit(Z, labels);
  expect(fewer.kept.length).toBeLessThanOrEqual(chosen.kept.length);
});

test("sequential selection takes scikit-learn's columns both ways, and ends where nothing is gained", async () => {
  for (const direction of ["forward", "backward"] as const) {
    const found = await selectSequential({ model, direction, keep: 4, folds, metric: "logLoss" }).fit(
      Z,
      labels,
    );
    expect(keptOf(found)).toEqual(given.sequential[direction]);
  }
  const short = await selectSequential({ model, gain: 0.5, folds, metric: "logLoss" }).fit(Z, labels);
  expect(short.kept.length).toBe(1);
});

test("relevance and redundancy are balanced as written down elsewhere", () => {
  for (const scheme of ["quotient", "difference"] as const) {
    const { report } = selectMrmr({ k: 6, scheme }).fit(X, labels);
    const taken = report.scores.filter(({ rank }) => rank !== undefined).sort((a, b) => a.rank! - b.rank!);
    expect(taken.map(({ name }) => Number(name.slice(1)))).toEqual(given.mrmr[scheme]);
  }
});

test("a constant column is dropped, of texts too; what cannot be judged is kept and named", () => {
  const rows = frame([
    { kind: "float", name: "same", values: Float64Array.of(0.1, 0.1, NaN) },
    { kind: "float", name: "none", values: Float64Array.of(NaN, NaN, NaN) },
    { kind: "string", name: "city", codes: Int32Array.of(0, 0, 0), dictionary: ["Bonn"] },
    { kind: "string", name: "shop", codes: Int32Array.of(0, 0, -1), dictionary: ["north"] },
    { kind: "vector", name: "place", width: 2, values: new Float64Array(6) },
  ]);
  const { kept, dropped, report } = selectVariance().fit(rows);
  expect(kept).toEqual(["shop", "place"]);
  expect(report.unjudged).toEqual(["place"]);
  expect(dropped.map(({ name, reason }) => [name, reason])).toEqual([
    ["same", "constant"],
    ["none", "no number in any row"],
    ["city", "constant"],
  ]);
  expect(report.scores[3]!.score).toBeCloseTo((1 / 3) * (2 / 3), 12);
});

test("of equal scores the first are kept, those without a score last", () => {
  const rows = matrixOf([
    [7, 1, 1, 0],
    [7, 1, 1, 1],
    [7, 2, 2, 0],
    [7, 3, 3, 1],
  ]);
  const own: Labels = { kind: "classes", y: Int32Array.of(0, 0, 1, 1), classes: ["a", "b"] };
  const found = selectKBest({ score: "fClassif", k: 1 }).fit(rows, own);
  expect(found.kept).toEqual(["f1"]);
  expect(found.dropped.map(({ name, reason }) => [name, reason])).toEqual([
    ["f0", "place 4 of 4, 1 are kept, which has no score"],
    ["f2", "place 2 of 4, 1 are kept"],
    ["f3", "place 3 of 4, 1 are kept"],
  ]);
  expect(selectFpr({ score: "fClassif" }).fit(rows, own).dropped[0]!.reason).toMatch(/constant/);
  const none = selectFdr({ score: "fClassif", alpha: 0.001 }).fit(rows, own);
  expect([none.kept, none.dropped.length]).toEqual([[], 4]);
});

test("answers are frozen, nothing that was given is changed, wrong options are named", () => {
  const before = X.values.slice();
  const found = selectKBest({ score: "mutualInfoClassif", k: 3 }).fit(X, labels);
  expect(X.values).toEqual(before);
  expect([found, found.kept, found.dropped, found.report, found.report.scores].every(Object.isFrozen)).toBe(
    true,
  );
  expect(selectKBest({ score: "mutualInfoClassif", k: 3 }).fit(X, labels)).toEqual(found);
  expect(() => selectKBest({ score: "fClassif", k: 0 })).toThrow(
    /selectKBest: k: expected an integer of at least 1/,
  );
  expect(() => selectKBest({ score: "none" as never })).toThrow(
    /score: expected one of fClassif.*received none/,
  );
  expect(() => selectPercentile({ score: "chi2", percentile: 101 })).toThrow(/percentile/);
  expect(() => selectFdr({ score: "mutualInfoClassif" })).toThrow(/p-values/);
  expect(() => selectFpr({ score: "chi2", alpha: 1 })).toThrow(/alpha/);
  expect(() => selectVariance({ threshold: -1 })).toThrow(/threshold/);
  expect(() => selectVariance().fit(matrixOf([]))).toThrow(/NOT_ENOUGH_DATA/);
  expect(() => selectKBest({ score: "fClassif" }).fit(X)).toThrow(
    /expected the labels of the rows, received none/,
  );
  expect(() => selectKBest({ score: "fClassif" }).fit({ X, names: ["a"] }, labels)).toThrow(
    /expected 10 names/,
  );
  const repeated = { X: matrixOf([[1, 2]]), names: ["a", "a"] };
  expect(() => selectVariance().fit(repeated)).toThrow(/each name once/);
});
