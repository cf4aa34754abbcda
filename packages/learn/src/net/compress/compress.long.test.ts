import { graphBuilder, writeOnnx, type OnnxModel } from "@tideline/graph";
import { pruneChannels, quantise, quantiseWeights } from "@tideline/graph/compress";
import { beforeAll, describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { matrix } from "../../matrix.ts";
import { DATA_SETS, dataFolder, matrixOfDataSet } from "../../select/testing/data-set.ts";
import { lowerForest } from "../../tree/forest/lower-forest.ts";
import { randomForest } from "../../tree/forest/random-forest.ts";
import { conv1d } from "../estimator/conv1d.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { adam } from "../optimiser/adam.ts";
import { NET_METRICS } from "../train/net-metric.ts";
import type { NetData } from "../train/net-data.ts";
import { cosineRate } from "../train/schedule.ts";
import { denseStudent, distil } from "./distil.ts";
import { factoriseModel } from "./factorise-model.ts";
import { pruneModel, sparsifyModel } from "./prune-model.ts";
import { runModel } from "./run-model.ts";
import { harPeople, type HarPeople } from "./testing/har-window.ts";
import { trainQuantised } from "./train-quantised.ts";
import { tuneModel } from "./tune-model.ts";

const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("data") ?? false;
const har = dataFolder("uci-har");
const digits = dataFolder("optdigits");

const training = (rate: number) => ({
  runtime: onnxruntimeNode,
  loss: crossEntropy({ labelSmoothing: 0.1 }),
  optimiser: adam({ rate }),
  schedule: cosineRate({ warmUp: 0.05 }),
  seed: 1,
});

async function accuracyOf(model: OnnxModel, data: NetData): Promise<number> {
  const { values } = await runModel("test", model, data, onnxruntimeNode);
  return NET_METRICS.accuracy.of(values, data.target, data.rows);
}

/** People of the training part who were kept from training judge; the official test part is not read. */
describe.skipIf(har === undefined && !required)("a net of windows of movements", () => {
  let people: HarPeople;
  let model: OnnxModel;
  let before: number;
  const judge = (one: OnnxModel) => accuracyOf(one, people.validation);
  beforeAll(async () => {
    people = harPeople(har!);
    const { rows, inputs, target } = people.train;
    const X = matrix(rows, 128 * 6, inputs["x"]!.values as Float32Array);
    const options = { epochs: 12, decay: 0.01, labelSmoothing: 0.1, seed: 1 };
    const vectors = [
      [0, 1, 2],
      [3, 4, 5],
    ];
    const estimator = conv1d({ shape: [128, 6], channels: [64, 128], stride: 2, vectors, ...options });
    const labels = { y: target.values as Int32Array, classes: people.classes };
    const fitted = await estimator.fit({ X, ...labels }, { runtime: onnxruntimeNode });
    model = fitted.graph();
    before = await judge(model);
    expect(before).toBeGreaterThan(0.9);
  }, 600_000);

  test("half the channels lose at most a point once they are trained on, and much without", async () => {
    // Training alone makes this net better too: what pruning costs is what it loses beside a whole net trained as long.
    const { model: whole } = await tuneModel(model, people.train, { ...training(1e-3), epochs: 4 });
    const fair = await judge(whole);
    const raw = pruneChannels(model, { share: 0.5 });
    expect(await judge(raw.model)).toBeLessThan(before - 0.02);
    for (const importance of ["norm", "taylor"] as const) {
      const half = await pruneModel(model, people.train, {
        ...training(1e-3),
        share: 0.5,
        importance,
        epochs: 4,
      });
      expect(half.layers.every((layer) => layer.after === layer.before / 2)).toBe(true);
      expect(half.parameters.after).toBeLessThan(0.4 * half.parameters.before);
      expect(await judge(half.model)).toBeGreaterThanOrEqual(fair - 0.01);
    }
  });

  test("four of five weights at zero lose at most a point", async () => {
    const options = { ...training(1e-3), sparsity: 0.8, steps: 3, epochs: 2 };
    const { model: sparse } = await sparsifyModel(model, people.train, options);
    expect(await judge(sparse)).toBeGreaterThan(before - 0.01);
  });

  test("half the weights in layers of low rank lose at most a point", async () => {
    const options = { ...training(1e-3), budget: 0.5, epochs: 3 };
    const { model: tuned } = await factoriseModel(model, people.train, options);
    expect(writeOnnx(tuned).length).toBeLessThan(0.7 * writeOnnx(model).length);
    expect(await judge(tuned)).toBeGreaterThan(before - 0.01);
  });

  const someRows = () => {
    const values = (people.train.inputs["x"]!.values as Float32Array).slice(0, 256 * 768);
    return { runtime: onnxruntimeNode, rows: [{ x: { dims: [256, 128, 6], values } }] };
  };
  test.each([
    // Rounded afterwards it loses nothing as it is: what is left is chance, a point of 1,420 windows.
    ["int8", 0.01, async (one: OnnxModel) => (await quantise(one, { calibration: someRows() })).model],
    ["weights of four bits", 0, async (one: OnnxModel) => (await quantiseWeights(one, { bits: 4 })).model],
  ] as const)(
    "trained behind rounding to %s it loses at most %f against rounding afterwards",
    async (_, least, quantiser) => {
      const options = { ...training(2e-4), quantise: quantiser, epochs: 3 };
      const { model: trained, calibrated } = await trainQuantised(model, people.train, options);
      expect(await judge(trained)).toBeGreaterThanOrEqual((await judge(calibrated)) - least);
      expect(writeOnnx(trained).length).toBe(writeOnnx(calibrated).length);
    },
  );
});

test.skipIf(digits === undefined && !required)("a small net says what a forest of digits says", async () => {
  const data = DATA_SETS["optdigits"]!(digits!);
  if (data.labels.kind !== "classes") throw new Error("optdigits");
  const { y, classes } = data.labels;
  // The last fifth of the training part judges.
  const cut = Math.round(0.8 * data.rows);
  const values = Float32Array.from(matrixOfDataSet(data).values);
  const part = (from: number, to: number): NetData => ({
    rows: to - from,
    inputs: { x: { dims: [64], values: values.slice(64 * from, 64 * to) } },
    target: { dims: [], values: Int32Array.from(y.slice(from, to)) },
  });
  const columns = Object.fromEntries(
    data.columns.map((column) => [column.name, Float32Array.from(column.values.slice(0, cut))]),
  );
  const labels = { y: Int32Array.from(y.slice(0, cut)), classes };
  const forest = await randomForest({ trees: 200, seed: 1 }).fit({ columns, ...labels });
  const g = graphBuilder("forest");
  g.output("probabilities", lowerForest(g, g.input("x", "float32", ["N", 64]), forest));
  const X = matrix(cut, 64, values.slice(0, 64 * cut));
  const { report } = await distil(g.build(), denseStudent(X, { hidden: [64], scores: 10 }), part(0, cut), {
    runtime: onnxruntimeNode,
    optimiser: adam({ rate: 3e-3 }),
    schedule: cosineRate({ warmUp: 0.05 }),
    epochs: 40,
    seed: 1,
    validation: part(cut, data.rows),
  });
  expect(report!.metric.student).toBeGreaterThan(report!.metric.teacher - 0.02);
  expect(report!.fidelity).toBeGreaterThan(0.95);
  expect(report!.bytes.student).toBeLessThan(0.05 * report!.bytes.teacher);
});
