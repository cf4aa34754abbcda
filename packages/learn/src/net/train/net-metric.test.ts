import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { dense } from "../layer/dense.ts";
import { binary } from "../loss/binary.ts";
import { netOf } from "../testing/run-net.ts";
import { inBatchSoftmax } from "../loss/in-batch-softmax.ts";
import { NET_METRICS } from "./net-metric.ts";
import { toyOptions, toyRows } from "./testing/toy-run.ts";
import { trainNet } from "./train-net.ts";

const { accuracy, macroF1, rootMeanSquaredError } = NET_METRICS;

describe("metrics of scores", () => {
  const labels = { dims: [3], values: Float32Array.of(1, 0, 1, 0, 1, 0) };

  test("several labels a row are decided one by one", () => {
    const scores = Float32Array.of(2, -1, -3, 0.5, 4, -9);
    expect(accuracy.of(scores, labels, 2)).toBeCloseTo(4 / 6, 12);
    // scikit-learn's f1_score([[1,0,1],[0,1,0]], [[1,0,0],[1,1,0]], average="macro"): (2/3 + 1 + 0) / 3.
    expect(macroF1.of(scores, labels, 2)).toBeCloseTo((2 / 3 + 1 + 0) / 3, 12);
  });

  test("one score a row is the log-odds of class 1, and the largest of several decides", () => {
    const one = { dims: [], values: Float32Array.of(1, 0, 1) };
    expect(accuracy.of(Float32Array.of(0.1, -2, -1), one, 3)).toBeCloseTo(2 / 3, 12);
    const classes = { dims: [], values: Int32Array.of(2, 0) };
    expect(accuracy.of(Float32Array.of(0, 1, 2, 0, 1, 2), classes, 2)).toBe(0.5);
  });

  test("what cannot be compared is refused", () => {
    const scores = new Float32Array(6);
    const says = (metric: { of: (typeof accuracy)["of"] }, values: Float32Array | Int32Array, rows: number) =>
      expect(() => metric.of(scores, { dims: [], values }, rows));
    says(accuracy, Float32Array.of(1, 1, -1), 3).toThrow(/a class for each row, or a label for each score/);
    says(accuracy, Int32Array.of(0, 1, 2), 3).toThrow(
      "target, row 2: expected an integer in 0..1, received 2",
    );
    says(macroF1, new Float32Array(6).fill(7), 6).toThrow("expected a number in 0..1, received 7");
    says(rootMeanSquaredError, Float32Array.of(1, 2), 2).toThrow("a number for each score");
  });
});

test("trainNet measures several labels, and finds out what it cannot before the first step", async () => {
  const { rows, inputs } = toyRows(24, 1);
  const data = { rows, inputs, target: { dims: [2], values: new Float32Array(48).map((_, at) => at % 2) } };
  const options = { ...toyOptions(onnxruntimeNode), epochs: 80, validation: data };
  const net = netOf([2], dense({ units: 2 }));
  const fitted = await trainNet(net, data, { ...options, loss: binary({ outputs: 2 }) });
  expect(fitted.curves.at(-1)!.metric).toBe(1);
  let steps = 0;
  const onStep = () => void (steps += 1);
  const wide = { ...data, target: { dims: [2], values: new Float32Array(48).fill(3) } };
  const measured = { ...options, validation: wide, loss: binary({ outputs: 2 }), onStep };
  await expect(trainNet(net, data, measured)).rejects.toThrow("metric accuracy: target, row 0");
  const items = { dims: [], values: Int32Array.from({ length: 24 }, (_, at) => at) };
  const towers = { ...options, batch: 24, loss: inBatchSoftmax(), onStep };
  const pairs = { rows, inputs, target: items };
  await expect(
    trainNet(netOf([2], dense({ units: 24 })), pairs, { ...towers, validation: pairs }),
  ).rejects.toThrow('what the target of "inBatchSoftmax" means');
  expect(steps).toBe(0);
});
