import { expect, test } from "vitest";
import type { Classifier } from "../../../classifier.ts";
import { matrixOf, selectLabels, selectRows } from "../../../matrix.ts";
import { treeTable } from "../../bin/table-rows.ts";
import { rawScores } from "../../model/raw-scores.ts";
import { absoluteError } from "../objective/absolute-error.ts";
import { customObjective } from "../objective/custom-objective.ts";
import { madeClasses, madeGrades, madeRows } from "../testing/made-rows.ts";
import type { BoostedTreesOptions } from "../boost-option.ts";
import { boostedTrees } from "./boosted-trees.ts";

const ROWS = 600;
const train = madeRows(ROWS, 1);
const held = madeRows(400, 2);
const small = {
  leaves: 8,
  minChildRows: 5,
  rounds: 20,
  categorical: ["d"],
  categories: { minRows: 10 },
} as const;
const numbers = { columns: train.columns, y: train.y };
const heldNumbers = { columns: held.columns, y: held.y };

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const rmse = (y: Float64Array, found: Float64Array) =>
  Math.sqrt(mean(y.map((value, row) => (value - found[row]!) ** 2)));

test("a regression learns numbers, categories and what is missing", async () => {
  const model = await boostedTrees({ ...small, task: "regression", rounds: 60 }).fit(numbers);
  const constant = rmse(
    held.y,
    held.y.map(() => mean(train.y)),
  );
  expect(rmse(held.y, model.predict({ columns: held.columns }))).toBeLessThan(0.45 * constant);
  const asked = new Set(model.ensemble.trees.flatMap(({ feature }) => [...feature]));
  expect([0, 1, 2, 3].every((column) => asked.has(column))).toBe(true);
  expect(Object.isFrozen(model)).toBe(true);
  expect(model).toMatchObject({
    task: "regression",
    objective: "squaredError",
    rounds: 60,
    ended: "rounds",
    best: 0,
  });
});

test("two classes and three are told apart, with probabilities", async () => {
  for (const count of [2, 3] as const) {
    const classes = ["low", "middle", "high"].slice(-count);
    const model = await boostedTrees(small).fit({
      columns: train.columns,
      y: madeClasses(train.y, count),
      classes,
    });
    const truth = madeClasses(held.y, count);
    const found = model.predict({ columns: held.columns });
    const share = mean(truth.map((label, row) => (label === found[row] ? 1 : 0)));
    expect(share).toBeGreaterThan(count === 2 ? 0.8 : 0.7);
    const { values, columns } = model.predictProbabilities({ columns: held.columns });
    expect(columns).toBe(count);
    for (let row = 0; row < truth.length; row++) {
      const own = Array.from(values.subarray(row * count, (row + 1) * count));
      expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
      expect(found[row]).toBe(own.indexOf(Math.max(...own)));
    }
    expect(model.classes).toEqual(classes);
  }
});

test("GOSS takes each class's own derivatives", async () => {
  const rows = { columns: train.columns, y: madeClasses(train.y, 3), classes: ["low", "middle", "high"] };
  const options = { ...small, rate: 0.5, rounds: 10, trainingLoss: true };
  const all = await boostedTrees(options).fit(rows);
  const some = await boostedTrees({ ...options, goss: { top: 0.4, other: 0.3 } }).fit(rows);
  const losses = [all, some].map(({ curves }) => curves.at(-1)!.loss!);
  expect(losses[1]).not.toBe(losses[0]);
  expect(losses[1]).toBeLessThan(1.5 * losses[0]!);
});

test("a ranking puts the better rows of a group first", async () => {
  const rows = { columns: train.columns, ...madeGrades(train.y) };
  const validation = { columns: held.columns, ...madeGrades(held.y) };
  const estimator = boostedTrees({ ...small, task: "ranking", metric: { ndcg: { k: 5 } } });
  const model = await estimator.fit(rows, { validation });
  expect(model.curves.at(-1)!.metric).toBeGreaterThan(0.85);
  expect(model.curves.at(-1)!.metric).toBeGreaterThan(model.curves[0]!.metric!);
});

test.each([
  ["absoluteError", 0.35],
  [{ quantile: { share: 0.8 } }, 0.35],
  [{ huber: { delta: 0.5 } }, 0.35],
] as const)("%j learns what it is for", async (objective, below) => {
  const estimator = boostedTrees({ ...small, task: "regression", objective, rounds: 60, trainingLoss: true });
  const model = await estimator.fit(numbers);
  const losses = model.curves.map(({ loss }) => loss!);
  expect(losses.at(-1)).toBeLessThan(below * losses[0]!);
  if (objective === "absoluteError" || !("quantile" in objective)) return;
  const found = model.predict({ columns: train.columns });
  expect(mean(train.y.map((value, row) => (value <= found[row]! ? 1 : 0)))).toBeCloseTo(0.8, 1);
});

test.each(["poisson", "tweedie"] as const)("%s learns counts", async (objective) => {
  const count = (y: Float64Array) => y.map((value) => Math.max(0, Math.round(value)));
  const model = await boostedTrees({ ...small, task: "regression", objective, rounds: 40 }).fit({
    columns: train.columns,
    y: count(train.y),
  });
  const truth = count(held.y);
  const found = model.predict({ columns: held.columns });
  expect(Math.min(...found)).toBeGreaterThan(0);
  expect(rmse(truth, found)).toBeLessThan(
    0.7 *
      rmse(
        truth,
        truth.map(() => mean(truth)),
      ),
  );
});

const VARIANTS: Readonly<Record<string, BoostedTreesOptions<"regression">>> = {
  plain: {},
  "rows drawn": { rowShare: 0.5 },
  GOSS: { goss: true, rate: 0.3 },
  DART: { dart: { rate: 0.3, skip: 0 } },
  "DART by rate": { dart: { rate: 0.3, skip: 0, normalise: "rate" } },
  "columns drawn": { featureShare: 0.5, featureShareByNode: 0.7 },
  "random thresholds": { extra: true },
  "medians of drawn rows": { objective: absoluteError(), rowShare: 0.5 },
};

test.each(Object.entries(VARIANTS))(
  "%s: scores of training and validation rows are those of the ensemble",
  async (_, options) => {
    const watch = keepingScores();
    const estimator = boostedTrees({
      ...small,
      task: "regression",
      ...options,
      trainingLoss: true,
      metric: watch.metric,
    });
    const model = await estimator.fit(numbers, { validation: heldNumbers });
    const found = rawScores(model.ensemble, treeTable(heldNumbers, model.ensemble.features)).values;
    expect(watch.scores()).toHaveLength(found.length);
    for (const [row, score] of watch.scores().entries())
      expect(Math.abs(score - found[row]!)).toBeLessThan(1e-9);
    const { loss } = model.curves.at(-1)!;
    const own = model.predict({ columns: train.columns });
    const errors = train.y.map((value, row) => value - own[row]!);
    const expected =
      options.objective === undefined ? mean(errors.map((e) => e * e)) / 2 : mean(errors.map(Math.abs));
    expect(loss).toBeCloseTo(expected, 9);
    const again = await estimator.fit(numbers, { validation: heldNumbers });
    expect(again.ensemble).toEqual(model.ensemble);
    expect(rmse(held.y, model.predict({ columns: held.columns }))).toBeLessThan(
      0.9 *
        rmse(
          held.y,
          held.y.map(() => mean(train.y)),
        ),
    );
  },
);

/** A metric that keeps the last scores it saw. */
function keepingScores() {
  let kept = new Float64Array(0);
  return {
    scores: () => kept,
    metric: {
      name: "kept",
      better: "lower" as const,
      of: (_target: unknown, scores: Float64Array) => {
        kept = scores.slice();
        return 0;
      },
    },
  };
}

test("the seed decides where anything is drawn", async () => {
  const fit = (seed: number) =>
    boostedTrees({ ...small, task: "regression", rowShare: 0.5, seed }).fit(numbers);
  const [one, other] = [await fit(1), await fit(2)];
  expect(one.ensemble.trees[0]!.value).not.toEqual(other.ensemble.trees[0]!.value);
  expect(one.seed).toBe(1);
});

test("custom derivatives of the squared error give its model", async () => {
  const own = customObjective({
    name: "mine",
    derivatives({ target, scores, gradient, hessian }) {
      for (let row = 0; row < target.rows; row++) gradient[row] = scores[row]! - target.y[row]!;
      hessian.fill(1);
    },
    initial: ({ y }) => [mean(y)],
  });
  const weighted = { ...numbers, sampleWeight: train.y.map((_, row) => 1 + (row % 3)) };
  const model = await boostedTrees({ ...small, task: "regression", objective: own }).fit(weighted, {});
  const usual = await boostedTrees({ ...small, task: "regression" }).fit(weighted);
  expect(model.objective).toBe("mine");
  const [found, expected] = [model, usual].map((one) => one.predict({ columns: held.columns }));
  expect(rmse(expected!, found!)).toBeLessThan(0.1);
});

test("a matrix is columns in their order, and its model a classifier like others", async () => {
  const X = matrixOf(
    Array.from({ length: ROWS }, (_, row) => [train.columns.a[row]!, train.columns.b[row]!]),
  );
  const labels = { y: madeClasses(train.y, 2), classes: ["no", "yes"] };
  const { categorical: _, ...options } = small;
  const model: Classifier = await boostedTrees(options).fit({ X, ...labels });
  const { a: f0, b: f1 } = train.columns;
  const named = await boostedTrees(options).fit({ columns: { f0, f1 }, ...labels });
  expect(model.features).toBe(2);
  expect(model.predictProbabilities(X)).toEqual(named.predictProbabilities({ columns: { f0, f1 } }));
  expect(model.predict(selectRows(X, [3, 1]))).toEqual(selectLabels(model.predict(X), [3, 1]));
  expect(() => model.predict(matrixOf([[1, 2, 3]]))).toThrow(/expected 2 columns, received 3/);
});
