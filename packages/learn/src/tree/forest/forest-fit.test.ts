import { expect, test } from "vitest";
import { matrix } from "../../matrix.ts";
import { seededRandom } from "../../random.ts";
import { binTable } from "../bin/bin-table.ts";
import { treeTable } from "../bin/table-rows.ts";
import { readEnsemble } from "../model/stored/read-ensemble.ts";
import { writeEnsemble } from "../model/stored/write-ensemble.ts";
import { forestGrower } from "./forest-job.ts";
import { forestClassifier, forestRegressor } from "./forest-model.ts";
import type { ForestThreads } from "./forest-threads.ts";
import type { ForestProgress } from "./forest-watch.ts";
import type { ForestFitOptions } from "./grow-forest.ts";
import { extraTrees, randomForest } from "./random-forest.ts";

const CLASSES = ["low", "middle", "high"];
const random = seededRandom(1);
const values = Float64Array.from({ length: 1200 }, () => random.normal());
const sums = Float64Array.from({ length: 300 }, (_, row) => values[4 * row]! + values[4 * row + 1]!);
const train = {
  X: matrix(300, 4, values),
  y: Int32Array.from(sums, (sum) => (sum < -0.6 ? 0 : sum < 0.6 ? 1 : 2)),
  numbers: sums.map((sum) => 3 * sum + 100),
};

test("a fit says how far it is, and stops when it is told", async () => {
  const rows = { X: train.X, y: train.y, classes: CLASSES };
  const seen: number[] = [];
  await randomForest({ trees: 3 }).fit(rows, {
    onTree: ({ tree, trees }) => void seen.push(tree * 10 + trees),
  });
  expect(seen).toEqual([13, 23, 33]);
  const stop = new AbortController();
  const fit = randomForest({ trees: 10_000 }).fit(rows, {
    signal: stop.signal,
    onTree: ({ tree }) => (tree === 4 ? stop.abort(new Error("enough")) : undefined),
  });
  await expect(fit).rejects.toThrow("enough");
  const broken = randomForest({ trees: 5 }).fit(rows, {
    onTree: () => {
      throw new Error("no paper");
    },
  });
  await expect(broken).rejects.toThrow("no paper");
});

test.each([undefined, ownThreads()])(
  "a fit ends as it is told, with a crew (%j) and without",
  async (crew) => {
    const rows = { X: train.X, y: train.y, classes: CLASSES };
    const fit = (options: ForestFitOptions) =>
      randomForest({ trees: 6, leaves: 3, seed: 2 }).fit(rows, { ...options, ...(crew && { crew }) });
    const all = await fit({});
    const three = await fit({ onTree: async ({ tree }) => (tree === 3 ? "stop" : undefined) });
    expect(three.ensemble.trees).toEqual(all.ensemble.trees.slice(0, 3));
    for (const last of [3, 6]) {
      const stop = new AbortController();
      const onTree = ({ tree }: ForestProgress) =>
        tree === last ? stop.abort(new Error("late")) : undefined;
      await expect(fit({ signal: stop.signal, onTree })).rejects.toThrow("late");
    }
  },
);

test("a crew that does not answer does not keep a signal waiting", async () => {
  const stop = new AbortController();
  const hung: ForestThreads = {
    threads: 2,
    open: async () => ({ grow: () => new Promise(() => {}), release: () => released.push(1) }),
  };
  const released: number[] = [];
  const fit = randomForest({ trees: 4 }).fit(
    { X: train.X, y: train.y, classes: CLASSES },
    { crew: hung, signal: stop.signal },
  );
  setTimeout(() => stop.abort(new Error("enough")), 1);
  await expect(fit).rejects.toThrow("enough");
  expect(released).toEqual([1]);
});

test("threads share rows that came in bins, targets and weights", async () => {
  const binned = binTable(treeTable({ X: train.X }));
  const spy: ForestThreads = {
    threads: 2,
    open: async ({ source: { table, byRow, target, weight } }) => {
      const arrays = [...table.bins, byRow, target, weight!];
      throw new Error(arrays.map(({ buffer }) => Number(buffer instanceof SharedArrayBuffer)).join(""));
    },
  };
  const sampleWeight = train.y.map((_, row) => 1 + (row % 2));
  const rows = { y: train.y, classes: CLASSES, sampleWeight: Array.from(sampleWeight) };
  const forest = randomForest({ trees: 4 });
  await expect(forest.fit({ binned, ...rows }, { crew: spy })).rejects.toThrow("1111111");
  await expect(forest.fit({ X: train.X, ...rows }, { crew: spy })).rejects.toThrow("1111111");
});

test("a stored forest comes back", async () => {
  const rows = { X: train.X, y: train.y, classes: CLASSES };
  const model = await extraTrees({ trees: 3, seed: 4 }).fit(rows);
  const { kind, classes, seed } = model;
  const ensemble = readEnsemble(writeEnsemble(model.ensemble));
  const back = forestClassifier({ kind, classes, seed, ensemble });
  expect(back.predictProbabilities(train.X)).toEqual(model.predictProbabilities(train.X));
  const numbers = await randomForest({ task: "regression", trees: 3 }).fit({ X: train.X, y: train.numbers });
  const again = forestRegressor({
    kind: "randomForest",
    seed: 0,
    ensemble: readEnsemble(writeEnsemble(numbers.ensemble)),
  });
  expect(again.predict(train.X)).toEqual(numbers.predict(train.X));
  for (const wrong of [
    { classes: ["a", "b"] },
    { classes: ["a"] },
    { kind: "isolationForest" },
    { ensemble: { ...ensemble, average: false } },
  ])
    expect(() => forestClassifier({ kind, classes, seed, ensemble, ...(wrong as object) })).toThrow(
      expect.objectContaining({ code: "MODEL_MALFORMED" }),
    );
  expect(() => forestRegressor({ kind, seed, ensemble })).toThrow("ensemble.outputs: expected 1");
});

/** Threads that are none, for what does not depend on any. */
function ownThreads(): ForestThreads {
  return {
    threads: 2,
    async open(job) {
      const grow = forestGrower(job);
      return { grow: async (seed) => grow(seed), release() {} };
    },
  };
}
