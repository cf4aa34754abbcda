import { interpret, type OnnxModel } from "@tideline/graph";
import { expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { inferenceGraph } from "../inference-graph.ts";
import { batchNorm } from "../layer/batch-norm.ts";
import { conv1d } from "../layer/conv1d.ts";
import { relu } from "../layer/activation.ts";
import { dense } from "../layer/dense.ts";
import { flatten } from "../layer/flatten.ts";
import { residual } from "../layer/residual.ts";
import { sequential } from "../layer/sequential.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { adam } from "../optimiser/adam.ts";
import { netOf, normals } from "../testing/run-net.ts";
import { runOnnxruntime } from "../testing/run-onnxruntime.ts";
import type { NetData } from "../train/net-data.ts";
import { trainNet } from "../train/train-net.ts";
import { graphNet } from "./graph-net.ts";
import { pruneModel, sparsifyModel } from "./prune-model.ts";
import { tuneModel } from "./tune-model.ts";
import { weightGradients } from "./weight-gradient.ts";

/** Two channels of eight samples; the class is which of them swings twice as far. */
function rowsOf(rows: number, seed: number): NetData {
  const values = normals(rows * 16, seed);
  const target = Int32Array.from({ length: rows }, (_, row) => row % 2);
  for (const [row, label] of target.entries())
    for (let at = 0; at < 8; at++) values[row * 16 + 8 * label + at]! *= 2;
  return { rows, inputs: { x: { dims: [2, 8], values } }, target: { dims: [], values: target } };
}

const training = {
  runtime: onnxruntimeNode,
  loss: crossEntropy(),
  optimiser: adam({ rate: 0.01 }),
  batch: 32,
  seed: 1,
};
const NET = netOf(
  [2, 8],
  sequential(
    conv1d({ channels: 12, size: 3, padding: "same", bias: false }),
    batchNorm(),
    relu(),
    residual(sequential(conv1d({ channels: 12, size: 3, padding: "same", activation: "relu" }))),
    flatten(),
    dense({ units: 16, activation: "relu" }),
    dense({ units: 2 }),
  ),
);
const rows = rowsOf(320, 1);
const others = rowsOf(200, 2);
const fitted = trainNet(NET, rows, { ...training, epochs: 8 });
const graph = fitted.then((numbers) => inferenceGraph(NET, numbers));

async function accuracyOf(model: OnnxModel, { rows: count, inputs, target }: NetData): Promise<number> {
  const { x } = inputs;
  const feeds = { x: { dims: [count, ...x!.dims], values: x!.values as Float32Array } };
  const { values } = (await runOnnxruntime(model, feeds))["probabilities"]!;
  let right = 0;
  for (let row = 0; row < count; row++)
    if ((values[2 * row]! > values[2 * row + 1]! ? 0 : 1) === Number(target.values[row])) right += 1;
  return right / count;
}

/** The first rows as a graph's inputs. */
const feedOf = ({ inputs }: NetData, count: number) => ({
  x: { dims: [count, 2, 8], values: (inputs["x"]!.values as Float32Array).slice(0, count * 16) },
});

test("a graph is a net with its own numbers, and gives itself back", async () => {
  const model = await graph;
  const { net, numbers, activation, model: rewritten } = graphNet(model);
  expect(activation).toBe("softmax");
  expect(rewritten(numbers)).toEqual(model);
  const feed = feedOf(others, 20);
  expect(interpret(inferenceGraph(net, numbers), feed)).toEqual(interpret(model, feed));
});

test("training goes on where the fit was: as the net itself, to rounding", async () => {
  const numbers = await fitted;
  const more = { ...training, epochs: 1 };
  const own = inferenceGraph(NET, await trainNet(NET, rows, { ...more, initial: numbers }));
  const { model } = await tuneModel(await graph, rows, more);
  const feed = feedOf(others, 20);
  const [left, right] = [own, model].map((one) => interpret(one, feed)["probabilities"]!.values);
  for (const [at, value] of left!.entries()) expect(value).toBeCloseTo(right![at]!, 4);
  expect(interpret(await graph, feed)["probabilities"]!.values[0]).not.toBeCloseTo(left![0]!, 4);
});

test("half the channels and training after it lose little; the graph is smaller", async () => {
  const before = await accuracyOf(await graph, others);
  expect(before).toBeGreaterThan(0.8);
  for (const importance of ["norm", "taylor"] as const) {
    const { model, layers, parameters } = await pruneModel(await graph, rows, {
      ...training,
      share: 0.5,
      steps: 2,
      importance,
      epochs: 4,
    });
    expect(layers.map(({ before: all, after }) => [all, after])).toEqual([
      [12, 6],
      [16, 8],
    ]);
    expect(parameters.after).toBeLessThan(parameters.before / 2);
    expect(await accuracyOf(model, others)).toBeGreaterThan(before - 0.05);
  }
});

test("weights at zero stay zero while the others are trained", async () => {
  const { model, sparsity } = await sparsifyModel(await graph, rows, {
    ...training,
    sparsity: 0.8,
    steps: 3,
    epochs: 4,
  });
  const zeros = model.graph.initializers
    .filter(({ name }) => sparsity.has(name))
    .flatMap(({ values }) => [...(values as Float32Array)].map((value) => (value === 0 ? 1 : 0)));
  expect(zeros.reduce<number>((sum, one) => sum + one, 0) / zeros.length).toBeCloseTo(0.8, 2);
  expect(await accuracyOf(model, others)).toBeGreaterThan(0.8);
});

test("gradients are those of the loss, weighted by rows", async () => {
  const model = await graph;
  const some: NetData = {
    rows: 40,
    inputs: { x: { dims: [2, 8], values: feedOf(rows, 40).x.values } },
    target: { dims: [], values: rows.target.values.slice(0, 40) as Int32Array },
  };
  const options = { runtime: onnxruntimeNode, loss: crossEntropy() };
  const whole = await weightGradients(model, some, { ...options, batch: 40 });
  const parts = await weightGradients(model, some, { ...options, batch: 16 });
  expect(graphNet(model).trained).toEqual(expect.arrayContaining([...whole.keys()]));
  for (const [name, values] of whole)
    for (const [at, value] of values.entries()) expect(parts.get(name)![at]).toBeCloseTo(value, 5);
  // A step along it makes the loss smaller by the square of its length.
  const [name, gradient] = [...whole].find(([, values]) => values.length === 32)!;
  const lossOf = (rate: number): number => {
    const initializers = model.graph.initializers.map((tensor) =>
      tensor.name === name
        ? {
            ...tensor,
            values: (tensor.values as Float32Array).map((value, at) => value - rate * gradient[at]!),
          }
        : tensor,
    );
    const moved = { ...model, graph: { ...model.graph, initializers } };
    const { values } = interpret(moved, feedOf(rows, 40))["probabilities"]!;
    return (
      [...(some.target.values as Int32Array)].reduce(
        (sum, label, row) => sum - Math.log(values[2 * row + label]!),
        0,
      ) / 40
    );
  };
  const slope = gradient.reduce((sum, value) => sum + value * value, 0);
  expect((lossOf(-1e-3) - lossOf(1e-3)) / 2e-3 / slope).toBeCloseTo(1, 2);
});
