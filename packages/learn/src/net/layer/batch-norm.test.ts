import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { evaluationGraph } from "../evaluation-graph.ts";
import { initialParameters } from "../initial-parameters.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { mse } from "../loss/mse.ts";
import { adam } from "../optimiser/adam.ts";
import { sgd } from "../optimiser/sgd.ts";
import { netOf, normals, run } from "../testing/run-net.ts";
import { trainNet } from "../train/train-net.ts";
import { trainingStep } from "../training-step.ts";
import { relu } from "./activation.ts";
import { batchNorm } from "./batch-norm.ts";
import { dense } from "./dense.ts";
import { flatten } from "./flatten.ts";
import { sequential } from "./sequential.ts";

describe("batchNorm where one row of a batch counts", () => {
  const net = netOf([3], sequential(batchNorm(), dense({ units: 1 })));
  const step = trainingStep(net, { batch: 3, loss: mse(), optimiser: sgd({ rate: 0.1 }) });
  const { parameters } = initialParameters(step, 1);
  const numbers = { parameters, state: Float32Array.of(1, -1, 0.5, 2, 0.25, 1) };
  const x = normals(9, 2);

  test("answers by the running statistics, and leaves them alone", () => {
    const stepped = run(step, numbers, { x, weight: [1, 0, 0] });
    expect(Float32Array.from(stepped["state_next"]!.values)).toEqual(numbers.state);
    const evaluated = run(evaluationGraph(net, { batch: 3, loss: mse() }), numbers, { x });
    expect(stepped["scores"]!.values[0]).toBeCloseTo(evaluated["scores"]!.values[0]!, 10);
    const two = run(step, numbers, { x, weight: [1, 1, 0] })["state_next"]!.values;
    expect(two[0]).toBeCloseTo(0.9 + (0.1 * (x[0]! + x[3]!)) / 2, 6);
  });

  test("takes the positions of a row as the values that they are", () => {
    const windows = netOf([1, 4], sequential(batchNorm(), flatten(), dense({ units: 1 })));
    const long = trainingStep(windows, { batch: 2, loss: mse(), optimiser: sgd() });
    const own = { parameters: initialParameters(long, 1).parameters, state: Float32Array.of(0, 1) };
    const next = run(long, own, { x: [1, 2, 3, 6, 9, 9, 9, 9], weight: [1, 0] })["state_next"]!.values;
    expect(next[0]).toBeCloseTo(0.3, 6);
    expect(next[1]).toBeCloseTo(0.9 + 0.1 * (14 / 3), 6);
  });

  test("what rows that only fill the batch hold comes no further", () => {
    // All that counts is 0 here: divided by that deviation the last row would be 316 times as far away.
    const scores = [1, 1e6].map(
      (far) => run(step, numbers, { x: [0, 0, 0, 0, 0, 0, far, far, far], weight: [1, 1, 0] })["scores"]!,
    );
    expect(scores[1]!.values).toEqual(scores[0]!.values);
  });
});

test("a deep net learns from rows that leave one for the last batch", async () => {
  const target = Int32Array.from({ length: 9 }, (_, row) => row % 2);
  const values = normals(9 * 4, 3).map((value, at) => value + 3 * target[at >> 2]!);
  const block = sequential(dense({ units: 8, bias: false }), batchNorm(), relu());
  const net = netOf([4], sequential(...Array.from({ length: 16 }, () => block), dense({ units: 2 })));
  const fitted = await trainNet(
    net,
    { rows: 9, inputs: { x: { dims: [4], values } }, target: { dims: [], values: target } },
    { runtime: onnxruntimeNode, loss: crossEntropy(), optimiser: adam(), epochs: 8, batch: 4, seed: 1 },
  );
  // The first variances; following the lone row they would be a third of what they are.
  expect(Math.min(...fitted.state.subarray(8, 16))).toBeGreaterThan(0.5);
});
