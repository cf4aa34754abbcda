import { test } from "vitest";
import type { TreeRows } from "../../bin/table-rows.ts";
import type { ForestClassifier, ForestRegressor } from "../../forest/forest-model.ts";
import type { ForestWatch } from "../../forest/forest-watch.ts";
import type { ForestFitOptions } from "../../forest/grow-forest.ts";
import { isolationForest } from "../../forest/isolation-forest.ts";
import { lowerIsolation, type IsolationModel } from "../../forest/isolation-model.ts";
import { lowerForest } from "../../forest/lower-forest.ts";
import { extraTrees, randomForest, type ForestRows } from "../../forest/random-forest.ts";
import { openTypescriptKernels } from "../../kernel/typescript-kernels.ts";
import { openWasmKernels } from "../../kernel/wasm-kernels.ts";
import type { BoostedClassifier, BoostedRanker, BoostedRegressor } from "../estimator/boosted-model.ts";
import { boostedTrees, type BoostFitOptions } from "../estimator/boosted-trees.ts";
import type { BoostRows } from "../estimator/label-row.ts";
import { lowerBoosted } from "../estimator/lower-boosted.ts";
import { madeClasses, madeGrades, madeRows } from "./made-rows.ts";
import { treeEstimatorChecks } from "./tree-estimator-check.ts";

const { columns, y } = madeRows(120, 21);
const single = (values: Float64Array) => values.map(Math.fround);
const given = {
  columns: { ...columns, a: single(columns.a), b: single(columns.b), c: single(columns.c) },
  categorical: ["d"],
};
const alone = {
  columns: Object.fromEntries(
    Object.entries(given.columns).map(([name, values]) => [name, values.slice(0, 1)]),
  ),
  categorical: ["d"],
};
const classes = (count: 2 | 3) => ({
  ...given,
  y: madeClasses(y, count),
  classes: ["low", "middle", "high"].slice(-count),
});
const short = { ...classes(2), y: [0] };
const boosting = {
  rounds: 4,
  leaves: 5,
  minChildRows: 4,
  rowShare: 0.7,
  categories: { minRows: 5 },
} as const;
const ways = [{ kernels: openTypescriptKernels }, { kernels: openWasmKernels }, { threads: 1 }];
const growing = { trees: 4, leaves: 6 } as const;

const CASES = [
  ...([2, 3] as const).map((count) =>
    treeEstimatorChecks<BoostRows, BoostedClassifier, BoostFitOptions<"classification">>({
      name: `boostedTrees of ${count} classes`,
      estimator: (seed) => boostedTrees({ ...boosting, seed }),
      rows: classes(count),
      given,
      alone,
      predicted: (model, asked) => model.predictProbabilities(asked).values,
      lower: lowerBoosted,
      ways,
      bad: [{ rows: short, says: /y: expected 120 labels/ }],
    }),
  ),
  treeEstimatorChecks<BoostRows<"regression">, BoostedRegressor, BoostFitOptions<"regression">>({
    name: "boostedTrees of numbers",
    estimator: (seed) => boostedTrees({ ...boosting, task: "regression", objective: "poisson", seed }),
    rows: { ...given, y: y.map((value) => Math.max(0, Math.round(value))) },
    given,
    alone,
    predicted: (model, asked) => model.predict(asked),
    lower: lowerBoosted,
    ways,
    bad: [{ rows: { ...given, y: y.map(() => -1) }, says: /y\[0\]: expected a finite number of at least 0/ }],
  }),
  treeEstimatorChecks<BoostRows<"ranking">, BoostedRanker, BoostFitOptions<"ranking">>({
    name: "boostedTrees of rankings",
    estimator: (seed) => boostedTrees({ ...boosting, task: "ranking", seed }),
    rows: { ...given, ...madeGrades(y) },
    given,
    alone,
    predicted: (model, asked) => model.predict(asked),
    lower: lowerBoosted,
    ways,
    bad: [
      { rows: { ...given, ...madeGrades(y), groupSizes: [7] }, says: /groupSizes: expected a sum of 120/ },
    ],
  }),
  ...[randomForest, extraTrees].map((forest) =>
    treeEstimatorChecks<BoostRows, ForestClassifier, ForestFitOptions>({
      name: `${forest.name} of classes`,
      estimator: (seed) => forest({ ...growing, seed }),
      rows: classes(3),
      given,
      alone,
      predicted: (model, asked) => model.predictProbabilities(asked).values,
      lower: lowerForest,
      ways: [{}],
      bad: [{ rows: short, says: /y: expected 120 labels/ }],
    }),
  ),
  treeEstimatorChecks<ForestRows<"regression">, ForestRegressor, ForestFitOptions>({
    name: "randomForest of numbers",
    estimator: (seed) => randomForest({ ...growing, task: "regression", seed }),
    rows: { ...given, y },
    given,
    alone,
    predicted: (model, asked) => model.predict(asked),
    lower: lowerForest,
    ways: [{}],
    bad: [{ rows: { ...given, y: [0] }, says: /y: expected 120 targets/ }],
  }),
  treeEstimatorChecks<TreeRows, IsolationModel, ForestWatch>({
    name: "isolationForest",
    estimator: (seed) => isolationForest({ trees: 4, contamination: 0.1, seed }),
    rows: given,
    given,
    alone,
    predicted: (model, asked) => model.scores(asked),
    lower: lowerIsolation,
    ways: [{}],
    bad: [{ rows: { columns: {} }, says: /at least one column/ }],
  }),
];

for (const { name, run } of CASES.flat()) test(name, run);
