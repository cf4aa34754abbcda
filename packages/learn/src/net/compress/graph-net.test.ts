import { interpret } from "@tideline/graph";
import { expect, test } from "vitest";
import { inferenceGraph } from "../inference-graph.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import type { NetData } from "../train/net-data.ts";
import { trainNet } from "../train/train-net.ts";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { graphNet } from "./graph-net.ts";
import { pruneModel, sparsifyModel } from "./prune-model.ts";
import {
  accuracyOf,
  feedOf,
  fittedSwing,
  SWING_NET,
  swingRows,
  swingTraining as training,
} from "./testing/swing.ts";
import { tuneModel } from "./tune-model.ts";
import { weightGradients } from "./weight-gradient.ts";

const rows = swingRows(320, 1);
const others = swingRows(200, 2);
const fitted = fittedSwing();
const graph = fitted.then((numbers) => inferenceGraph(SWING_NET, numbers));

test("a graph is a net with its own numbers, and gives itself back", async () => {
  const model = await graph;
  const { net, numbers, activation, model: rewritten } = graphNet(model);
  expect(activation).toBe("softmax");
  expect(rewritten(numbers)).toEqual(model);
  const feed = feedOf(others, 5);
  expect(interpret(inferenceGraph(net, numbers), feed)).toEqual(interpret(model, feed));
});

test("training goes on where the fit was: as the net itself, to rounding", async () => {
  const numbers = await fitted;
  const more = { ...training, epochs: 1 };
  const own = inferenceGraph(SWING_NET, await trainNet(SWING_NET, rows, { ...more, initial: numbers }));
  const { model } = await tuneModel(await graph, rows, more);
  const feed = feedOf(others, 5);
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
