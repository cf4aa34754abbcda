import { leakedGroups, matrix, predictClasses, seededRandom, selectRows, shuffled } from "@tideline/learn";
import { float32Values, readOnnx } from "@tideline/graph";
import { createFramer } from "@tideline/spec";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { pose } from "../dataset/testing/pose-app.ts";
import { poseSamples } from "../dataset/testing/pose-log.ts";
import { named } from "../dataset/testing/pose-study.ts";
import { onnxruntimeNode } from "../runtime/index.ts";
import { decodeFittedState, encodeFittedState } from "./fitted-state.ts";
import { featureGraph, modelGraph } from "./model-graph.ts";
import { madeRows, madeSet } from "./testing/made-set.ts";
import { trainInThread } from "./train-in-thread.ts";
import { scoreFitted, trainModel, type TrainedModel, type TrainOptions } from "./train-model.ts";

const people = named("p", 10);
const plain = madeSet(madeRows(people, { each: 15 }));
const options: TrainOptions = { seed: 3, recentSince: null };

/** Everything that decided a model, as text. */
const textOf = ({ fitted, ...rest }: TrainedModel): string =>
  JSON.stringify([
    encodeFittedState(fitted),
    { ...rest, rows: [...rest.rows], validationRows: [...rest.validationRows] },
  ]);

test("a set and a seed make one model, here and on a thread", async () => {
  const once = trainModel(plain, pose, options);
  expect(textOf(trainModel(plain, pose, options))).toBe(textOf(once));
  const heard: string[] = [];
  const onProgress = ({ done, total, detail }: { done: number; total: number; detail: string }) =>
    void heard.push(`${done}/${total} ${detail}`);
  const threaded = await trainInThread(plain, pose, { ...options, onProgress });
  expect(textOf(threaded)).toBe(textOf(once));
  expect(heard).toEqual([
    "0/3 C 0.1 on 210 rows (all)",
    "1/3 C 1 on 210 rows (all)",
    "2/3 the winner, C 0.1, on everybody",
  ]);
  const other = trainModel(plain, pose, { ...options, seed: 4 });
  expect([...other.validationRows]).not.toEqual([...once.validationRows]);
});

test("nobody validates what they taught, and the winner learns from everybody", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 3, max: 9 }), (seed, count) => {
      const set = madeSet(madeRows(named("p", count), { each: 3 }), { seed });
      const trained = trainModel(set, pose, { seed, recentSince: null });
      const held = new Set(trained.validationRows);
      const train = Int32Array.from(set.y, (_, row) => row).filter((row) => !held.has(row));
      expect(leakedGroups(set.people, { train, test: trained.validationRows })).toEqual([]);
      expect(trained.trials.map(({ rows }) => rows)).toEqual([train.length, train.length]);
      expect(trained.rows).toHaveLength(set.y.length);
      expect(trained.validation.people.map(({ group }) => group)).toEqual(
        [...new Set([...held].map((row) => set.people[row]!))].toSorted(),
      );
    }),
    { numRuns: 15 },
  );
});

test("ties go to the stronger penalty", () => {
  const clear = madeSet(madeRows(people, { each: 10 }), { noise: 0.01 });
  const { trials, chosen } = trainModel(clear, { ...pose, candidates: { C: [10, 0.5, 1] } }, options);
  expect(trials.map(({ C, macroF1 }) => [C, macroF1])).toEqual([
    [0.5, 1],
    [1, 1],
    [10, 1],
  ]);
  expect(chosen).toEqual({ C: 0.5, recency: "all" });
});

test("when old rows teach the wrong thing only recent ones are learnt from, and judged by", () => {
  const since = 1000;
  const turned = madeSet([
    ...madeRows(people, { each: 12, sign: -1 }),
    ...madeRows(people, { each: 4, since: since + 1 }),
  ]);
  const trained = trainModel(turned, pose, { ...options, recentSince: since });
  expect(trained.trials.map(({ recency }) => recency)).toEqual(["recent", "recent", "all", "all"]);
  expect(trained.chosen.recency).toBe("recent");
  expect(Math.min(...trained.trials.slice(0, 2).map(({ macroF1 }) => macroF1))).toBeGreaterThan(0.9);
  expect(Math.max(...trained.trials.slice(2).map(({ macroF1 }) => macroF1))).toBeLessThan(0.5);
  expect([...trained.rows].every((row) => turned.time[row]! > since)).toBe(true);
  expect(trained.rows).toHaveLength(80);
  expect([...trained.validationRows].every((row) => turned.time[row]! > since)).toBe(true);
  expect(trained.validationRows).toHaveLength(3 * 8);
});

test("when old rows still hold they are learnt from too", () => {
  const since = 1000;
  const set = madeSet(
    [...madeRows(people, { each: 40 }), ...madeRows(people, { each: 2, since: since + 1 })],
    { noise: 1.2, seed: 5 },
  );
  const trained = trainModel(set, pose, { ...options, recentSince: since });
  expect(trained.chosen.recency).toBe("all");
  expect(trained.rows).toHaveLength(10 * 84);
  expect(trained.validationRows).toHaveLength(3 * 4);
  const everything = trainModel(set, pose, options);
  expect(everything.chosen.recency).toBe("all");
  expect(everything.validationRows).toHaveLength(3 * 84);
});

test("a class without rows is named, whoever lacks it", async () => {
  const oneSided = madeSet(madeRows(people, { each: 4 }).map((row) => ({ ...row, label: 0 })));
  const fault = /model "pose": validation people: .*none of DOWN.*NOT_ENOUGH_DATA/;
  expect(() => trainModel(oneSided, pose, options)).toThrow(fault);
  await expect(trainInThread(oneSided, pose, options)).rejects.toMatchObject({
    name: "TidelineError",
    code: "NOT_ENOUGH_DATA",
    message: expect.stringMatching(fault),
  });
  const { validationRows } = trainModel(plain, pose, options);
  const held = new Set(validationRows);
  const taughtOnly = madeSet(
    madeRows(people, { each: 15 }).map((row, index) => (held.has(index) ? row : { ...row, label: 1 })),
  );
  expect(() => trainModel(taughtOnly, pose, options)).toThrow(
    /training people: .*none of UP.*NOT_ENOUGH_DATA/,
  );
  // Enough once, not since the drift.
  expect(() => trainModel(plain, pose, { ...options, recentSince: 1e9 })).toThrow(
    /none of UP, DOWN.*NOT_ENOUGH_DATA/,
  );
});

test("one person cannot both teach and choose", () => {
  const alone = madeSet(madeRows(["p0"], { each: 9 }));
  expect(() => trainModel(alone, pose, options)).toThrow(/model "pose".*people.*NOT_ENOUGH_DATA/);
});

test("labels that mean nothing give chance on people who were held out", () => {
  const { y } = madeSet(madeRows(named("p", 30), { each: 20 }));
  const random = seededRandom(11);
  const permuted = {
    ...madeSet(madeRows(named("p", 30), { each: 20 })),
    y: Int32Array.from(shuffled(random, [...y])),
  };
  const { validation, baselines } = trainModel(permuted, pose, options);
  // 360 rows at one half: four standard deviations are 0.105.
  expect(Math.abs(validation.accuracy - 0.5)).toBeLessThan(0.105);
  expect(validation.logLoss).toBeGreaterThan(0.65);
  expect(Math.abs(baselines.majority.accuracy - 0.5)).toBeLessThan(0.105);
});

test("baselines are scored on the same people, and are beaten where there is something to learn", () => {
  const { validation, baselines } = trainModel(plain, pose, options);
  expect(validation.accuracy).toBeGreaterThan(0.95);
  expect(validation.accuracy - baselines.majority.accuracy).toBeGreaterThan(0.3);
  expect(baselines.nearestCentroid.people.map(({ group }) => group)).toEqual(
    validation.people.map(({ group }) => group),
  );
});

test("a fitted state is the same after its text, to the last bit of a prediction", () => {
  const { fitted, validationRows } = trainModel(plain, pose, options);
  const text = encodeFittedState(fitted);
  const again = decodeFittedState(text);
  expect(encodeFittedState(again)).toBe(text);
  expect(scoreFitted(plain, again, validationRows)).toEqual(scoreFitted(plain, fitted, validationRows));
  const rows = selectRows(plain.features, validationRows);
  expect(again.classifier.predictProbabilities(again.scaler.transform(rows)).values).toEqual(
    fitted.classifier.predictProbabilities(fitted.scaler.transform(rows)).values,
  );
  expect(() => decodeFittedState(text.replace('"format":1', '"format":2'))).toThrow("MODEL_MALFORMED");
  expect(() => decodeFittedState(text.replace("standardised-logistic", "forest"))).toThrow(
    /forest.*MODEL_MALFORMED/,
  );
});

test("the graph gives the fitted model's probabilities for raw windows, and the features on the way", async () => {
  const windows = (["UP", "DOWN"] as const).flatMap((label, y) =>
    Array.from({ length: 20 }, (_, seed) =>
      createFramer(pose.window)
        .push(0, poseSamples(label, { seed: 2 * seed + y, samples: 16, noise: 0.8 }))
        .map(({ values }) => ({ values, y, person: `p${seed % 5}` })),
    ).flat(),
  );
  const given = { dims: [windows.length, 16, 3], values: new Float32Array(windows.length * 48) };
  for (const [row, { values }] of windows.entries()) given.values.set(values, row * 48);
  const onlyFeatures = featureGraph(pose);
  const featuring = await onnxruntimeNode.load(onlyFeatures.bytes);
  onTestFinished(() => featuring.release());
  const featured = await featuring.run({ window: given }, ["features"]);
  const features = float32Values(featured, "features");
  const width = onlyFeatures.features.length;
  expect(featured["features"]!.dims).toEqual([windows.length, width]);

  const made = madeSet(windows.map(({ person, y }, time) => ({ person, label: y, time })));
  const set = {
    ...made,
    names: onlyFeatures.features,
    features: matrix(windows.length, width, features),
  };
  const { fitted } = trainModel(set, pose, options);
  const { bytes } = modelGraph(pose, fitted, { definition: "d", model: "pose" });
  const graph = await onnxruntimeNode.load(bytes);
  onTestFinished(() => graph.release());
  const outputs = await graph.run({ window: given }, ["probabilities", "features"]);
  expect(float32Values(outputs, "features")).toEqual(features);
  const probabilities = float32Values(outputs, "probabilities");
  const meant = fitted.classifier.predictProbabilities(fitted.scaler.transform(set.features));
  const differences = meant.values.map((value, index) => Math.abs(value - probabilities[index]!));
  expect(Math.max(...differences)).toBeLessThan(1e-5);
  expect(predictClasses(meant)).toContain(0);
  expect(predictClasses(meant)).toContain(1);
  expect(readOnnx(bytes).metadata).toMatchObject({ definition: "d", model: "pose" });
  expect(modelGraph(pose, fitted, { definition: "d", model: "pose" }).bytes).toEqual(bytes);
});
