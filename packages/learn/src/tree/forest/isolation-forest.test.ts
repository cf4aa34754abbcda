import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matrix } from "../../matrix.ts";
import { seededRandom } from "../../random.ts";
import type { TreeRows } from "../bin/table-rows.ts";
import { readEnsemble } from "../model/stored/read-ensemble.ts";
import { writeEnsemble } from "../model/stored/write-ensemble.ts";
import { isolationModel } from "./isolation-model.ts";
import { isolationForest, type IsolationOptions } from "./isolation-forest.ts";
import { averagePathLength } from "./path-length.ts";

/** Two clouds, and rows anywhere. */
function clouds(rows: number, odd: number, seed: number) {
  const random = seededRandom(seed);
  const values = new Float64Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    const centre = row % 2 === 0 ? 2 : -2;
    for (let k = 0; k < 2; k++)
      values[row * 2 + k] = row < odd ? 8 * random.uniform() - 4 : centre + 0.4 * random.normal();
  }
  return matrix(rows, 2, values);
}

const X = clouds(1000, 30, 1);

test("c(n) is the mean depth of a failed search", () => {
  expect([0, 1, 2].map(averagePathLength)).toEqual([0, 0, 1]);
  // 2 H(255) - 2 * 255 / 256, with the harmonic number in full; the paper approximates H.
  let harmonic = 0;
  for (let k = 1; k < 256; k++) harmonic += 1 / k;
  expect(averagePathLength(256)).toBeCloseTo(2 * harmonic - (2 * 255) / 256, 2);
});

test("what is far off scores high, by the paper's formula", async () => {
  const model = await isolationForest({ seed: 1 }).fit({ X });
  const scores = model.scores(X);
  let [pairs, right] = [0, 0];
  for (let odd = 0; odd < 30; odd++)
    for (let row = 30; row < 1000; row++) {
      pairs++;
      if (scores[odd]! > scores[row]!) right++;
    }
  expect(right / pairs).toBeGreaterThan(0.9);
  const [far, near] = model.scores(matrix(2, 2, Float64Array.of(60, -60, 2, 2)));
  expect(far).toBeGreaterThan(0.7);
  expect(near).toBeLessThan(0.45);
  // A path by hand: down every tree, the depth and what its leaf's rows would add.
  let sum = 0;
  for (const tree of model.ensemble.trees) {
    let [node, depth] = [0, 0];
    for (; tree.feature[node]! >= 0; depth++)
      node =
        X.values[100 * 2 + tree.feature[node]!]! <= tree.threshold[node]!
          ? tree.left[node]!
          : tree.right[node]!;
    expect(depth).toBeLessThanOrEqual(8);
    sum += depth + averagePathLength(tree.count[node]!);
  }
  expect(scores[100]).toBeCloseTo(2 ** (-sum / 100 / averagePathLength(256)), 12);
  expect(model.ensemble.trees[0]!.count[0]).toBe(256);
});

test("contamination sets the threshold; decisions and classes follow it", async () => {
  const model = await isolationForest({ contamination: 0.03, seed: 2 }).fit({ X });
  expect(model.predict(X).reduce((a, b) => a + b)).toBe(30);
  const [scores, decisions, classes] = [model.scores(X), model.decisions(X), model.predict(X)];
  for (let row = 0; row < 1000; row++) {
    expect(decisions[row]).toBe(model.threshold - scores[row]!);
    expect(classes[row]).toBe(decisions[row]! < 0 ? 1 : 0);
  }
  const auto = await isolationForest({ seed: 2 }).fit({ X });
  expect(auto.threshold).toBe(0.5);
  expect(auto.scores(X)).toEqual(scores);
});

test("equal seeds give equal forests, the first trees are those of a smaller one", async () => {
  const fit = (options: IsolationOptions) => isolationForest(options).fit({ X });
  const a = await fit({ trees: 5, seed: 3 });
  expect(await fit({ trees: 5, seed: 3 })).toMatchObject({ ensemble: a.ensemble });
  expect((await fit({ trees: 5, seed: 4 })).ensemble).not.toEqual(a.ensemble);
  expect((await fit({ trees: 2, seed: 3 })).ensemble.trees).toEqual(a.ensemble.trees.slice(0, 2));
  const few = await fit({ trees: 8, sample: 16, depth: 2, featureShare: 0.5, bootstrap: true });
  for (const tree of few.ensemble.trees) {
    expect(tree.feature.length).toBeLessThanOrEqual(7);
    expect(new Set(tree.feature.filter((asked) => asked >= 0)).size).toBeLessThanOrEqual(1);
  }
});

describe("missing values and categories", () => {
  const random = seededRandom(5);
  const speed = Array.from({ length: 400 }, (_, row) => (row % 10 === 0 ? null : random.normal()));
  test("who lacks a value is not odd for it, unless nothing else tells rows apart", async () => {
    const model = await isolationForest({ seed: 1 }).fit({ columns: { speed } });
    const [none, ordinary, odd] = model.scores({ columns: { speed: [NaN, 0, 30] } });
    expect(none).toBeLessThan(0.5);
    expect(none! - ordinary!).toBeLessThan(odd! - none!);
    const flat = await isolationForest({ seed: 1 }).fit({
      columns: { flat: Array.from({ length: 200 }, (_, row) => (row < 4 ? null : 7)) },
    });
    const [apart, same] = flat.scores({ columns: { flat: [null, 7] } });
    expect(apart).toBeGreaterThan(0.6);
    expect(same).toBeLessThan(0.5);
  });
  test("rare categories are isolated sooner", async () => {
    const place = Array.from({ length: 400 }, (_, row) =>
      row < 3 ? "mars" : row % 2 === 0 ? "home" : "work",
    );
    const model = await isolationForest({ seed: 1, trees: 200 }).fit({
      columns: { place },
      categorical: ["place"],
    });
    const [mars, home] = model.scores({ columns: { place: ["mars", "home"] } });
    expect(mars).toBeGreaterThan(home! + 0.1);
  });
});

test("any rows: scores lie in (0, 1), every row of the sample is in one leaf", async () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, 1e308, -1e308));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(value, fc.constantFrom("x", "y", null)), { minLength: 1, maxLength: 20 }),
      async (given) => {
        const columns = { a: given.map(([a]) => a), b: given.map(([, b]) => b) };
        const rows: TreeRows = { columns, categorical: ["b"] };
        const model = await isolationForest({ trees: 3, depth: 40 }).fit(rows);
        expect(model.scores(rows).every((score) => score > 0 && score < 1)).toBe(true);
        for (const tree of model.ensemble.trees)
          for (const [node, asked] of tree.feature.entries())
            if (asked >= 0) {
              const [l, r] = [tree.count[tree.left[node]!]!, tree.count[tree.right[node]!]!];
              expect(l > 0 && r > 0 && l + r === tree.count[node]).toBe(true);
            }
      },
    ),
    { numRuns: 60 },
  );
});

test.each([
  [{ trees: 0 }, "isolationForest: trees"],
  [{ sample: 1.5 }, "sample"],
  [{ featureShare: 0 }, "featureShare"],
  [{ depth: 0 }, "depth"],
  [{ depth: 1001 }, "depth: expected an integer of at most 1000"],
  [
    { contamination: 0.6 },
    "contamination: expected one of auto, or a number above 0 and at most 0.5, received 0.6",
  ],
  [{ contaminaton: 0.1 }, "contaminaton: expected one of the options trees, sample,"],
  [null, "options: expected an object"],
  [{ bootstrap: 1 }, "bootstrap"],
  [{ seed: NaN }, "seed"],
])("option %j", (options, message) => {
  const make = () => isolationForest(options as never);
  expect(make).toThrow(message);
  expect(make).toThrow(expect.objectContaining({ code: "DEFINITION_ILLEGAL" }));
});

test("columns of categories are named by an option, too", async () => {
  const place = ["a", "b", "a", "a"];
  const named = await isolationForest({ trees: 3, categorical: ["place"] }).fit({ columns: { place } });
  const given = await isolationForest({ trees: 3 }).fit({ columns: { place }, categorical: ["place"] });
  expect(named.ensemble).toEqual(given.ensemble);
});

test("a fit says how far it is, stops when it is told, and takes nothing else", async () => {
  const seen: number[] = [];
  const model = await isolationForest({ trees: 9 }).fit(
    { X },
    { onTree: ({ tree }) => (seen.push(tree) === 3 ? "stop" : undefined) },
  );
  expect([seen, model.ensemble.trees.length]).toEqual([[1, 2, 3], 3]);
  for (const [options, message] of [
    [{ onRound() {} }, "isolationForest.fit: onRound: expected one of the options signal, onTree, now"],
    [null, "options: expected an object"],
  ] as const)
    await expect(isolationForest().fit({ X }, options as never)).rejects.toThrow(message);
  await expect(isolationForest().fit(null as never)).rejects.toThrow("rows: expected { X } or { columns }");
  const stop = new AbortController();
  const last = isolationForest({ trees: 2, contamination: 0.1 }).fit(
    { X },
    { signal: stop.signal, onTree: ({ tree }) => (tree === 2 ? stop.abort(new Error("late")) : undefined) },
  );
  await expect(last).rejects.toThrow("late");
});

test("a stored isolation forest comes back", async () => {
  const model = await isolationForest({ trees: 5, contamination: 0.1, seed: 3 }).fit({ X });
  const { seed, sample, threshold } = model;
  const ensemble = readEnsemble(writeEnsemble(model.ensemble));
  const back = isolationModel({ seed, sample, threshold, ensemble });
  expect(back.predict(X)).toEqual(model.predict(X));
  expect({ ...back, ...FUNCTIONS }).toEqual({ ...model, ...FUNCTIONS });
  for (const wrong of [{ sample: 0 }, { threshold: NaN }, { ensemble: { ...ensemble, average: false } }])
    expect(() => isolationModel({ seed, sample, threshold, ensemble, ...wrong })).toThrow(
      expect.objectContaining({ code: "MODEL_MALFORMED" }),
    );
});
const FUNCTIONS = { scores: null, decisions: null, predict: null };

test("no rows are not enough", async () => {
  await expect(isolationForest().fit({ columns: { a: [] } })).rejects.toMatchObject({
    code: "NOT_ENOUGH_DATA",
  });
});
