import { interpret, type Feed, type OnnxModel } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import { evaluationGraph } from "../evaluation-graph.ts";
import { inferenceGraph } from "../inference-graph.ts";
import { initialParameters, type FittedNumbers } from "../initial-parameters.ts";
import { mse } from "../loss/mse.ts";
import type { Layer, Net } from "../net.ts";
import { sgd } from "../optimiser/sgd.ts";
import { feedsOf, netOf, normals, run } from "../testing/run-net.ts";
import { runOnnxruntime } from "../testing/run-onnxruntime.ts";
import { trainingStep, type StepGraph } from "../training-step.ts";
import { gelu, leakyRelu, relu, sigmoid, silu, tanh } from "./activation.ts";
import { attention } from "./attention.ts";
import { averagePool1d, averagePool2d } from "./average-pool.ts";
import { batchNorm } from "./batch-norm.ts";
import { channelsFirst, channelsLast } from "./channel-order.ts";
import { concat } from "./concat.ts";
import { conv1d } from "./conv1d.ts";
import { conv2d } from "./conv2d.ts";
import { dense } from "./dense.ts";
import { depthwiseSeparable1d, depthwiseSeparable2d } from "./depthwise-separable.ts";
import { dropout } from "./dropout.ts";
import { flatten } from "./flatten.ts";
import { globalAveragePool, globalMaxPool } from "./global-pool.ts";
import { gru } from "./gru.ts";
import { layerNorm } from "./layer-norm.ts";
import { maskedAveragePool, maskedMaxPool } from "./masked-pool.ts";
import { maxPool1d, maxPool2d } from "./max-pool.ts";
import { position } from "./position.ts";
import { LAYERS } from "./registry.ts";
import { residual } from "./residual.ts";
import { sequential } from "./sequential.ts";
import { transformerBlock } from "./transformer-block.ts";

/** Each layer between others, on rows of some shape. */
const BODIES: Readonly<Record<string, readonly [dims: readonly number[], body: Layer]>> = {
  dense: [[3], dense({ units: 4, activation: "tanh" })],
  "dense on steps": [[2, 3], dense({ units: 4, bias: false })],
  activations: [[4], sequential(relu(), sigmoid(), tanh(), silu(), gelu(), leakyRelu({ slope: 0.2 }))],
  conv1d: [
    [2, 7],
    conv1d({ channels: 4, size: 3, stride: 2, padding: "same", groups: 2, activation: "silu" }),
  ],
  conv2d: [[2, 5, 4], conv2d({ channels: 2, size: 2, padding: 1, dilation: 2 })],
  depthwiseSeparable1d: [
    [2, 6],
    depthwiseSeparable1d({ channels: 3, size: 3, normalise: true, activation: "silu" }),
  ],
  depthwiseSeparable2d: [
    [2, 4, 4],
    depthwiseSeparable2d({ channels: 3, size: 3, padding: "same", stride: 2 }),
  ],
  maxPool1d: [[2, 7], maxPool1d({ size: 3, stride: 2, padding: 1 })],
  maxPool2d: [[2, 4, 4], maxPool2d({ size: 2 })],
  averagePool1d: [[2, 7], averagePool1d({ size: 3, stride: 2, padding: 1 })],
  averagePool2d: [[1, 4, 4], averagePool2d({ size: 2 })],
  globalAveragePool: [[2, 3, 2], globalAveragePool()],
  globalMaxPool: [[2, 5], globalMaxPool()],
  "batchNorm of columns": [[4], batchNorm()],
  "batchNorm of channels": [[2, 3, 2], batchNorm({ momentum: 0.5, epsilon: 1e-3 })],
  layerNorm: [[3, 4], layerNorm()],
  dropout: [[8], dropout({ rate: 0.25 })],
  gru: [[3, 2], gru({ units: 3 })],
  "gru, both ways": [[3, 2], gru({ units: 2, bidirectional: true, output: "sequence" })],
  attention: [[3, 4], attention({ heads: 2 })],
  transformerBlock: [[3, 4], transformerBlock({ heads: 2, hidden: 5, dropout: 0.2 })],
  position: [[3, 4], sequential(position(), position({ form: "trained" }))],
  maskedAveragePool: [[3, 4], maskedAveragePool()],
  maskedMaxPool: [[3, 4], maskedMaxPool()],
  residual: [
    [2, 4],
    residual(conv1d({ channels: 3, size: 1 }), { shortcut: conv1d({ channels: 3, size: 1 }) }),
  ],
  concat: [[2, 4], concat([conv1d({ channels: 1, size: 2 }), conv1d({ channels: 2, size: 2 })])],
  channelsFirst: [[4, 3], sequential(channelsFirst(), channelsLast(), channelsFirst())],
};

/** Trained numbers around the body: what comes before it gets its gradient through it. */
function between(dims: readonly number[], body: Layer): Net {
  const shift: Layer = (scope, x) => {
    const { g } = scope;
    const own = scope.parameter("shift", dims, (random, lengths) =>
      Float32Array.from({ length: lengths.reduce((a, b) => a * b, 1) }, () => random.normal()),
    );
    return g.op("Add", [x, own]);
  };
  return netOf(dims, sequential(shift, body, flatten(), dense({ units: 1 })));
}

/** Numbers of a net moved off where all of a kind are alike. */
function stirred(step: StepGraph): FittedNumbers {
  const { parameters, state } = initialParameters(step, 3);
  const noise = normals(parameters.length, 4);
  return {
    parameters: parameters.map((value, at) => value + 0.25 * noise[at]!),
    state: state.map((value, at) => value + 0.125 * (at % 3)),
  };
}

describe.each(Object.entries(BODIES))("%s", (_, [dims, body]) => {
  const net = between(dims, body);
  const step = trainingStep(net, { batch: 3, loss: mse(), optimiser: sgd() });
  const numbers = stirred(step);

  test("the step's gradient is that of finite differences", () => {
    const { parameters } = numbers;
    const stepped = run(step, numbers, { weight: [1, 0.5, 2] });
    // At rate 1 plain gradient descent takes the gradient away.
    const gradient = stepped["parameters_next"]!.values.map((value, at) => parameters[at]! - value);
    const length = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
    expect(stepped["gradient_norm"]!.values[0]).toBeCloseTo(length, 8);
    for (const seed of [5, 6]) {
      const direction = normals(parameters.length, seed);
      const lossAt = (t: number): number => {
        const moved = Float64Array.from(parameters, (value, at) => value + t * direction[at]!);
        return run(step, numbers, { weight: [1, 0.5, 2], parameters: moved })["loss"]!.values[0]!;
      };
      const slope = (lossAt(1e-6) - lossAt(-1e-6)) / 2e-6;
      const found = gradient.reduce((sum, value, at) => sum + value * direction[at]!, 0);
      expect(Math.abs(found - slope)).toBeLessThan(1e-6 * Math.max(1, length));
    }
  });

  test("rows of weight 0 change nothing", () => {
    const count = dims.reduce((a, b) => a * b, 3);
    const x = normals(count, 8);
    const other = x.map((value, at) => (at < (2 * count) / 3 ? value : 50 + at));
    const results = [x, other].map((rows) => run(step, numbers, { x: rows, weight: [1, 0.5, 0] }));
    for (const name of ["loss", "parameters_next", ...(step.states.length > 0 ? ["state_next"] : [])]) {
      const [one, two] = results.map((result) => result[name]!.values);
      for (const [at, value] of one!.entries()) expect(two![at]).toBeCloseTo(value, 10);
    }
  });

  test("what is shipped answers as what was evaluated, for 1 row and for 7", () => {
    const shipped = inferenceGraph(net, numbers, { activation: "none" });
    for (const rows of [1, 7]) {
      const evaluated = evaluationGraph(net, { batch: rows, loss: mse() });
      const values = normals(
        dims.reduce((a, b) => a * b, rows),
        9,
      );
      const wanted = run(evaluated, numbers, { x: values })["scores"]!;
      const found = scoresOf(shipped, { x: { dims: [rows, ...dims], values } });
      expect(found.dims).toEqual(wanted.dims);
      for (const [at, value] of wanted.values.entries()) expect(found.values[at]).toBeCloseTo(value, 10);
    }
  });
});

test("step and shipped graph run in onnxruntime as in the reference kernels", async () => {
  for (const [name, [dims, body]] of Object.entries(BODIES)) {
    const net = between(dims, body);
    const step = trainingStep(net, { batch: 3, loss: mse(), optimiser: sgd(), clip: 1 });
    const numbers = stirred(step);
    const feeds = feedsOf(step, numbers, { rate: [0.1], weight: [1, 0.5, 0] });
    const wanted = interpret(step.model, feeds);
    const found = await runOnnxruntime(step.model, feeds);
    expect(Object.keys(found).toSorted()).toEqual(Object.keys(wanted).toSorted());
    for (const [output, { values }] of Object.entries(wanted))
      for (const [at, value] of values.entries())
        expect(Math.abs(found[output]!.values[at]! - value), `${name}: ${output}`).toBeLessThan(
          2e-5 * Math.max(1, Math.abs(value)),
        );
    const shipped = inferenceGraph(net, numbers, { activation: "none" });
    const x = {
      dims: [2, ...dims],
      values: normals(
        dims.reduce((a, b) => a * b, 2),
        9,
      ),
    };
    const scores = scoresOf(shipped, { x });
    const answered = (await runOnnxruntime(shipped, { x }))["scores"]!;
    for (const [at, value] of scores.values.entries())
      expect(Math.abs(answered.values[at]! - value), name).toBeLessThan(2e-5 * Math.max(1, Math.abs(value)));
  }
});

function scoresOf(model: OnnxModel, feeds: Readonly<Record<string, Feed>>) {
  return interpret(model, feeds)["scores"]!;
}

test("pooling over no real steps gives zeros", () => {
  for (const pool of [maskedAveragePool(), maskedMaxPool()]) {
    const net: Net = {
      inputs: [
        { name: "x", elementType: "float32", dims: [2, 2] },
        { name: "mask", elementType: "float32", dims: [2] },
      ],
      forward(scope, { x, mask }) {
        const shift = scope.parameter("shift", [2], () => new Float32Array(2));
        return pool(scope, scope.g.op("Add", [x!, shift]), { mask: mask! });
      },
    };
    const graph = evaluationGraph(net, { batch: 2, loss: mse({ outputs: 2 }) });
    const numbers = { parameters: new Float32Array(2), state: new Float32Array(0) };
    const { scores } = run(graph, numbers, { x: [5, -6, 7, 8, 1, -2, 3, 4], mask: [0, 0, 1, 0] });
    expect([...scores!.values].map((value) => value + 0)).toEqual([0, 0, 1, -2]);
  }
});

test("every layer of plain data is tried", () => {
  const tried = Object.keys(BODIES).join(" ");
  const elsewhere = [
    "flatten",
    "embedding",
    "channelsLast",
    "relu",
    "sigmoid",
    "tanh",
    "silu",
    "gelu",
    "leakyRelu",
  ];
  expect(Object.keys(LAYERS).filter((name) => !tried.includes(name) && !elsewhere.includes(name))).toEqual(
    [],
  );
});
