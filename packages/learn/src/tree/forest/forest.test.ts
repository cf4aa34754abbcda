import { describe, expect, test } from "vitest";
import { matrix } from "../../matrix.ts";
import { seededRandom } from "../../random.ts";
import { binTable } from "../bin/bin-table.ts";
import { treeTable, type TreeRows } from "../bin/table-rows.ts";
import { rawScores } from "../model/raw-scores.ts";
import { bagPlan, drawBag } from "./bag.ts";
import { treeSeeds } from "./draw.ts";
import { extraTrees, randomForest } from "./random-forest.ts";

/** Rows of two numbers, three bands of classes, and noise. */
function bands(rows: number, seed: number) {
  const random = seededRandom(seed);
  const values = new Float64Array(rows * 4);
  const y = new Int32Array(rows);
  const numbers = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < 4; k++) values[row * 4 + k] = random.normal();
    const sum = values[row * 4]! + values[row * 4 + 1]!;
    y[row] = sum < -0.6 ? 0 : sum < 0.6 ? 1 : 2;
    numbers[row] = 3 * sum + 100;
  }
  return { X: matrix(rows, 4, values), y, numbers };
}

const CLASSES = ["low", "middle", "high"];
const train = bands(400, 1);
const held = bands(300, 2);

function accuracy(y: Int32Array, said: Int32Array): number {
  return y.reduce((right, label, row) => right + (label === said[row] ? 1 : 0), 0) / y.length;
}

function sum(values: Iterable<number>): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}

test.each([
  ["randomForest", randomForest, 0.84],
  ["extraTrees", extraTrees, 0.84],
] as const)("%s learns classes", async (_, forest, least) => {
  const model = await forest({ trees: 40, seed: 3 }).fit({ X: train.X, y: train.y, classes: CLASSES });
  expect(accuracy(held.y, model.predict(held.X))).toBeGreaterThan(least);
  // Trees that are grown to the end know their own rows.
  expect(accuracy(train.y, model.predict(train.X))).toBeGreaterThan(0.99);
  const probabilities = model.predictProbabilities(held.X);
  expect([probabilities.rows, probabilities.columns]).toEqual([300, 3]);
  for (let row = 0; row < 300; row++)
    expect(sum(probabilities.values.subarray(row * 3, row * 3 + 3))).toBeCloseTo(1, 12);
  expect(model).toMatchObject({ features: 4, classes: CLASSES, seed: 3 });
});

test.each([
  ["randomForest", randomForest],
  ["extraTrees", extraTrees],
] as const)("%s learns numbers", async (_, forest) => {
  const model = await forest({ task: "regression", trees: 40 }).fit({ X: train.X, y: train.numbers });
  const said = model.predict({ X: held.X });
  const errors = said.reduce((sum, value, row) => sum + (value - held.numbers[row]!) ** 2, 0);
  const spread = held.numbers.reduce((sum, value) => sum + (value - 100) ** 2, 0);
  expect(1 - errors / spread).toBeGreaterThan(0.93);
});

/** Draws of each tree, as the fit has drawn them. */
function drawsOf(rows: number, trees: number, seed: number, share = 1, bootstrap = true): Uint32Array[] {
  const plan = bagPlan(rows, undefined, share, bootstrap);
  return Array.from(treeSeeds(seededRandom(seed), trees), (treeSeed) => {
    const drawn = new Uint32Array(rows);
    drawBag(plan, seededRandom(treeSeed), drawn);
    return drawn;
  });
}

describe("out of bag", () => {
  const rows = { X: train.X, y: train.y, classes: CLASSES };

  test("is what the trees that have not drawn a row say of it, computed slowly", async () => {
    const model = await randomForest({ trees: 7, seed: 5 }).fit(rows);
    const { ensemble, outOfBag } = model;
    const draws = drawsOf(400, 7, 5);
    const alone = ensemble.trees.map((tree) =>
      rawScores({ ...ensemble, trees: [tree], target: Int32Array.of(-1) }, treeTable({ X: train.X })),
    );
    let [right, asked] = [0, 0];
    for (let row = 0; row < 400; row++) {
      const unseen = alone.filter((_, tree) => draws[tree]![row] === 0);
      expect(outOfBag!.trees[row]).toBe(unseen.length);
      const said = [0, 1, 2].map(
        (k) => unseen.reduce((sum, scores) => sum + scores.values[row * 3 + k]!, 0) / unseen.length,
      );
      expect(Array.from(outOfBag!.probabilities.values.subarray(row * 3, row * 3 + 3))).toEqual(said);
      if (unseen.length === 0) continue;
      asked++;
      if (said.indexOf(Math.max(...said)) === train.y[row]) right++;
    }
    expect(asked).toBeLessThan(400);
    expect(outOfBag!.accuracy).toBe(right / asked);
  });

  test("numbers and two classes", async () => {
    const numbers = await randomForest({ task: "regression", trees: 5, rowShare: 0.4, bootstrap: false }).fit(
      {
        X: train.X,
        y: train.numbers,
      },
    );
    const draws = drawsOf(400, 5, 0, 0.4, false);
    expect(draws.every((drawn) => drawn.reduce((a, b) => a + b) === 160)).toBe(true);
    expect([...numbers.outOfBag!.trees]).toEqual(
      Array.from({ length: 400 }, (_, row) => draws.filter((drawn) => drawn[row] === 0).length),
    );
    expect(numbers.outOfBag!.r2).toBeGreaterThan(0.8);
    expect(numbers.outOfBag!.rmse).toBeLessThan(3);
    const y = train.y.map((label) => Math.min(label, 1));
    const two = await randomForest({ trees: 60 }).fit({ X: train.X, y, classes: ["low", "more"] });
    expect(two.ensemble.outputs).toBe(1);
    expect(two.outOfBag!.accuracy).toBeGreaterThan(0.85);
    const both = two.outOfBag!.probabilities;
    expect(both.values[0]! + both.values[1]!).toBe(1);
  });

  test("knows what is missing, and categories too rare for a bin of their own", async () => {
    const random = seededRandom(8);
    const speed = Array.from({ length: 150 }, () => (random.integer(3) === 0 ? NaN : random.normal()));
    const places = ["home", "work", "gym", "sea", "hill", "moor"];
    const place = speed.map((_, row) => (row < 3 ? places[3 + row]! : places[random.integer(3)]!));
    const rows: TreeRows = { columns: { speed, place }, categorical: ["place"] };
    const y = Float64Array.from(speed, (value, row) =>
      Number.isNaN(value) ? 5 : value + (places.indexOf(place[row]!) > 1 ? 3 : 0),
    );
    for (const forest of [randomForest, extraTrees]) {
      const options = { task: "regression", trees: 4, bootstrap: true, minBinRows: 3 } as const;
      const { ensemble, outOfBag } = await forest(options).fit({ ...rows, y });
      const draws = drawsOf(150, 4, 0);
      const alone = ensemble.trees.map((tree) =>
        rawScores(
          { ...ensemble, trees: [tree], target: Int32Array.of(0) },
          treeTable(rows, ensemble.features),
        ),
      );
      for (let row = 0; row < 150; row++) {
        const unseen = alone.filter((_, tree) => draws[tree]![row] === 0);
        if (unseen.length === 0) continue;
        const said = unseen.reduce((all, scores) => all + scores.values[row]!, 0) / unseen.length;
        expect(outOfBag!.predictions[row]).toBeCloseTo(said, 12);
      }
    }
  });

  test("is left out where it is not asked for, or all rows are seen", async () => {
    expect((await randomForest({ trees: 2, outOfBag: false }).fit(rows)).outOfBag).toBeUndefined();
    expect((await extraTrees({ trees: 2 }).fit(rows)).outOfBag).toBeUndefined();
  });
});

test("a row counts as often as it was drawn", async () => {
  const model = await randomForest({ trees: 3, seed: 9 }).fit({ X: train.X, y: train.y, classes: CLASSES });
  const draws = drawsOf(400, 3, 9);
  for (const [at, tree] of model.ensemble.trees.entries()) {
    const drawn = draws[at]!;
    expect(drawn.reduce((a, b) => a + b)).toBe(400);
    expect([tree.count[0], tree.weight[0]]).toEqual([400, 400]);
    const share = [0, 1, 2].map(
      (k) => drawn.reduce((sum, times, row) => sum + (train.y[row] === k ? times : 0), 0) / 400,
    );
    expect(Array.from(tree.value.subarray(0, 3))).toEqual(share);
  }
});

test("equal seeds give equal forests, and the first trees are those of a smaller one", async () => {
  const rows = { X: train.X, y: train.y, classes: CLASSES };
  const fit = (trees: number, seed: number) => randomForest({ trees, seed }).fit(rows);
  const [a, b, c, few] = [await fit(6, 1), await fit(6, 1), await fit(6, 2), await fit(3, 1)];
  expect(b.ensemble).toEqual(a.ensemble);
  expect(b.outOfBag).toEqual(a.outOfBag);
  expect(c.ensemble).not.toEqual(a.ensemble);
  expect(few.ensemble.trees).toEqual(a.ensemble.trees.slice(0, 3));
});

describe("limits", () => {
  const rows = { X: train.X, y: train.numbers };
  const regress = (options: object) =>
    randomForest({ task: "regression", trees: 3, bootstrap: false, ...options }).fit(rows);
  const leavesOf = (tree: { feature: Int32Array }) => tree.feature.filter((asked) => asked < 0).length;

  test("leaves, depth, rows and gain", async () => {
    for (const tree of (await regress({ leaves: 9 })).ensemble.trees) expect(leavesOf(tree)).toBe(9);
    for (const tree of (await regress({ depth: 3 })).ensemble.trees) expect(leavesOf(tree)).toBe(8);
    for (const tree of (await regress({ minChildRows: 30 })).ensemble.trees) {
      expect(Math.min(...tree.count)).toBeGreaterThanOrEqual(30);
      expect(leavesOf(tree)).toBeGreaterThan(5);
    }
    for (const tree of (await regress({ minGain: 200 })).ensemble.trees)
      for (const [node, asked] of tree.feature.entries())
        if (asked >= 0) expect(tree.gain[node]).toBeGreaterThanOrEqual(200);
    expect((await regress({ minGain: 1e9 })).ensemble.trees[0]!.feature).toEqual(Int32Array.of(-1));
  });

  test("of a tree without limit those branches are left that gain most, one after the other", async () => {
    const [whole, few] = [await regress({ features: 1 }), await regress({ leaves: 12, features: 1 })];
    const { gain, left, right } = whole.ensemble.trees[0]!;
    const frontier = [0];
    const taken: number[] = [];
    while (taken.length < 11) {
      const best = frontier.reduce((most, node) => (gain[node]! > gain[most]! ? node : most));
      frontier.splice(frontier.indexOf(best), 1, left[best]!, right[best]!);
      taken.push(gain[best]!);
    }
    const own = [...few.ensemble.trees[0]!.gain].filter((value) => value > 0);
    expect(own.sort((x, y) => x - y)).toEqual(taken.sort((x, y) => x - y));
  });

  test("rows of a child count by draws, weight by weights", async () => {
    const sampleWeight = Float64Array.from({ length: 400 }, (_, row) => (row % 2 === 0 ? 0.25 : 0.5));
    const fit = (options: object) =>
      randomForest({ task: "regression", trees: 2, ...options }).fit({ ...rows, sampleWeight });
    for (const tree of (await fit({ minChildRows: 20 })).ensemble.trees) {
      expect(Math.min(...tree.count)).toBeGreaterThanOrEqual(20);
      expect(tree.feature.length).toBeGreaterThan(5);
    }
    for (const tree of (await fit({ minChildWeight: 10 })).ensemble.trees) {
      expect(Math.min(...tree.weight)).toBeGreaterThanOrEqual(10);
      expect(Math.min(...tree.count)).toBeGreaterThanOrEqual(20);
      expect(tree.feature.length).toBeGreaterThan(5);
    }
  });
});

test("weights of rows are as good as repeating them, weights of classes as good as weights of rows", async () => {
  const twice = train.X.values.slice(0, 200 * 4);
  const X = matrix(200, 4, twice);
  const double = matrix(400, 4, Float64Array.of(...twice, ...twice));
  const y = train.y.slice(0, 200);
  const options = { trees: 2, bootstrap: false, features: 1, seed: 4, depth: 3 };
  const weighted = await randomForest(options).fit({
    X,
    y,
    classes: CLASSES,
    sampleWeight: new Float64Array(200).fill(2),
  });
  const repeated = await randomForest(options).fit({
    X: double,
    y: Int32Array.of(...y, ...y),
    classes: CLASSES,
  });
  expect(weighted.predictProbabilities(held.X)).toEqual(repeated.predictProbabilities(held.X));

  const weights = [1, 2, 5];
  const byClass = await randomForest({ ...options, classWeights: weights }).fit({
    X,
    y,
    classes: CLASSES,
  });
  const byRow = await randomForest(options).fit({
    X,
    y,
    classes: CLASSES,
    sampleWeight: Float64Array.from(y, (label) => weights[label]!),
  });
  expect(byClass.ensemble).toEqual(byRow.ensemble);
  const balanced = await randomForest({ ...options, classWeights: "balanced" }).fit({
    X,
    y,
    classes: CLASSES,
  });
  for (const share of balanced.ensemble.trees[0]!.value.slice(0, 3)) expect(share).toBeCloseTo(1 / 3, 12);
});

test("rows without weight are never drawn, and teach nothing", async () => {
  const sampleWeight = Float64Array.from({ length: 400 }, (_, row) => (row < 300 ? 1 : 0));
  const y = train.y.map((label, row) => (row < 300 ? label : 0));
  const model = await randomForest({ trees: 5 }).fit({ X: train.X, y, classes: CLASSES, sampleWeight });
  expect(model.outOfBag!.trees.subarray(300).every((trees) => trees === 5)).toBe(true);
  for (const tree of model.ensemble.trees) expect(tree.count[0]).toBe(300);
});

describe("missing values and categories", () => {
  test("what is missing takes the side that it was on", async () => {
    const speed = Float64Array.from({ length: 200 }, (_, row) => (row % 4 === 0 ? NaN : row));
    const y = Int32Array.from(speed, (value) => (value < 60 || Number.isNaN(value) ? 1 : 0));
    const options = { trees: 1, bootstrap: false };
    for (const forest of [randomForest, extraTrees]) {
      const model = await forest(options).fit({ columns: { speed }, y, classes: ["no", "yes"] });
      expect(model.predict({ columns: { speed } })).toEqual(y);
    }
    const apart = Int32Array.from(speed, (value) => (Number.isNaN(value) ? 1 : 0));
    const model = await randomForest(options).fit({ columns: { speed }, y: apart, classes: ["no", "yes"] });
    expect(model.ensemble.trees[0]!.feature.length).toBe(3);
    expect(model.predict({ columns: { speed: [NaN, 1, 1e9, Infinity] } })).toEqual(Int32Array.of(1, 0, 0, 0));
  });

  test("what was never missing goes with the heavier side", async () => {
    const speed = Float64Array.from({ length: 100 }, (_, row) => row);
    const y = Int32Array.from(speed, (value) => (value < 70 ? 1 : 0));
    const model = await randomForest({ trees: 1, bootstrap: false }).fit({
      columns: { speed },
      y,
      classes: ["a", "b"],
    });
    expect(model.predict({ columns: { speed: [null] } })).toEqual(Int32Array.of(1));
  });

  test("columns of categories may be named by the estimator, and rows may be in bins", async () => {
    const [speed, place] = [Array.from({ length: 60 }, (_, row) => row % 10), ["x", "y", "z"]];
    const columns = { speed, place: speed.map((_, row) => place[(row * 7) % 3]!) };
    const labels = { y: Int32Array.from(speed, (value, row) => (row + value) % 2), classes: ["a", "b"] };
    const named = await randomForest({ trees: 3, categorical: ["place"] }).fit({ columns, ...labels });
    const rows: TreeRows = { columns, categorical: ["place"] };
    const binned = binTable(treeTable(rows), { minBinRows: 1 });
    const inBins = await randomForest({ trees: 3 }).fit({ binned, ...labels });
    expect(inBins.ensemble).toEqual(named.ensemble);
    expect(inBins.predict(rows)).toEqual(named.predict(rows));
  });

  test("the best of all subsets of categories, and none is lost", async () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const place = Array.from({ length: 120 }, (_, row) => names[row % 6]!);
    const y = Int32Array.from(place, (name) => (name === "a" || name === "d" || name === "e" ? 1 : 0));
    const three = Int32Array.from(place, (name) => names.indexOf(name) % 3);
    const rows = { columns: { place }, categorical: ["place"] };
    const one = await randomForest({ trees: 1, bootstrap: false }).fit({ ...rows, y, classes: ["n", "y"] });
    expect(one.ensemble.trees[0]!.feature.length).toBe(3);
    expect(one.predict(rows)).toEqual(y);
    for (const forest of [randomForest, extraTrees]) {
      const model = await forest({ trees: 1, bootstrap: false }).fit({ ...rows, y: three, classes: CLASSES });
      expect(model.predict(rows)).toEqual(three);
      const unknown = { columns: { place: ["z", null] }, categorical: ["place"] };
      const [other, none] = model.predict(unknown);
      expect(other).toBe(none);
    }
  });
});
