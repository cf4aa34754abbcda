import { graphBuilder, interpret, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import { channelMap, maskChannels, removeChannels } from "@tideline/graph/compress";
import { expect, test } from "vitest";
import { inferenceGraph } from "../inference-graph.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { runOnnxruntime } from "../testing/run-onnxruntime.ts";
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
  await expect(weightGradients(model, some, { ...options, batch: 0 })).rejects.toThrow(/batch: expected/);
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

test("graphs that cannot be trained are refused, each with its reason", () => {
  const built = (batch: "N" | 1, write: (g: GraphBuilder, x: Value) => Value): OnnxModel => {
    const g = graphBuilder("refused");
    g.output("y", write(g, g.input("x", "float32", [batch, 4])));
    return g.build();
  };
  const product = (g: GraphBuilder, x: Value) =>
    g.op("MatMul", [x, g.constant(new Float32Array(8).fill(1), [4, 2])]);
  const layer = (g: GraphBuilder, x: Value) =>
    g.op("Gemm", [x, g.constant(new Float32Array(8).fill(1), [4, 2])]);
  expect(() => graphNet(built("N", product))).toThrow(/model: expected a constant to train/);
  expect(graphNet(built("N", product), { trained: () => true }).trained).toHaveLength(1);
  expect(() => graphNet(built(1, layer))).toThrow(/input "x": expected float32 or int64 of \["N", lengths\]/);
  expect(() => graphNet(built("N", layer), { output: "z" })).toThrow(/output: expected one of y/);
  const masks = new Map([["none", new Float32Array(8)]]);
  expect(() => graphNet(built("N", layer), { masks })).toThrow(/masks: expected constants that are trained/);
  const few = graphNet(built("N", layer));
  expect(() => few.model({ parameters: new Float32Array(3), state: new Float32Array(0) })).toThrow(
    /expected 8/,
  );
  const whole = built("N", (g, x) => {
    const ends = [g.scalar(0.1), g.constant(Uint8Array.of(3), [])];
    const narrow = g.op("QuantizeLinear", [layer(g, x), ...ends]);
    return g.op("Cast", [narrow], { to: 1 });
  });
  expect(() => graphNet(whole)).toThrow(/QuantizeLinear node .*MODEL_UNSUPPORTED/);
});

test("what onnxruntime answers of a narrower graph is what it answers of the masked one", async () => {
  const model = await graph;
  const { groups } = channelMap(model);
  const ids = groups.filter(({ id }) => id % 3 === 1).map(({ id }) => id);
  const answers = [removeChannels(model, ids), maskChannels(model, ids)].map((one) =>
    runOnnxruntime(one, feedOf(others, 40)),
  );
  const [narrow, masked] = (await Promise.all(answers)).map((one) => one["probabilities"]!.values);
  for (const [at, value] of masked!.entries()) expect(narrow![at]).toBeCloseTo(value, 5);
});
