import { graphBuilder, type OnnxModel } from "@tideline/graph";
import { expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { matrix } from "../../matrix.ts";
import { inferenceGraph } from "../inference-graph.ts";
import { conv1d } from "../layer/conv1d.ts";
import { dense } from "../layer/dense.ts";
import { globalAveragePool } from "../layer/global-pool.ts";
import { sequential } from "../layer/sequential.ts";
import { adam } from "../optimiser/adam.ts";
import { netOf, normals } from "../testing/run-net.ts";
import { lowerForest } from "../../tree/forest/lower-forest.ts";
import { randomForest } from "../../tree/forest/random-forest.ts";
import { denseStudent, distil } from "./distil.ts";
import { atTemperature } from "./soft-loss.ts";
import { fittedSwing, SWING_NET, swingRows } from "./testing/swing.ts";

/** A forest as a graph of input "x". */
function graphOf(forest: Parameters<typeof lowerForest>[2]): OnnxModel {
  const g = graphBuilder("forest");
  g.output("answer", lowerForest(g, g.input("x", "float32", ["N", 3]), forest));
  return g.build();
}

const swing = fittedSwing();

const training = {
  runtime: onnxruntimeNode,
  optimiser: adam({ rate: 0.01 }),
  epochs: 8,
  seed: 1,
  stepsPerRun: 1,
};

test("probabilities at a temperature are the softmax of scores over it", () => {
  const soft = atTemperature(Float64Array.of(0.9, 0.1, 0), 2);
  expect(soft[0]! / soft[1]!).toBeCloseTo(3, 12);
  expect(soft[2]).toBe(0);
  expect(atTemperature(Float64Array.of(0.25, 0.75), 1)).toEqual(Float64Array.of(0.25, 0.75));
  expect(atTemperature(Float64Array.of(0, 0), 3)).toEqual(Float64Array.of(0.5, 0.5));
});

test("a small net learns from a large one, from rows without classes too", async () => {
  const teacher = inferenceGraph(SWING_NET, await swing, {
    metadata: { classes: '["left","right"]' },
  });
  const small = netOf(
    [2, 8],
    sequential(
      conv1d({ channels: 6, size: 1, activation: "relu" }),
      globalAveragePool(),
      dense({ units: 2 }),
    ),
  );
  const unknown = swingRows(400, 3);
  const rows = { ...unknown, target: { dims: [], values: new Int32Array(400).fill(-1) } };
  const { model, report, fitted } = await distil(teacher, small, rows, {
    ...training,
    validation: swingRows(200, 2),
  });
  expect(report!.fidelity).toBeGreaterThan(0.85);
  expect(report!.metric.name).toBe("accuracy");
  expect(report!.metric.student).toBeGreaterThan(report!.metric.teacher - 0.08);
  expect(report!.bytes.student).toBeLessThan(report!.bytes.teacher / 2);
  expect(model.metadata).toEqual(teacher.metadata);
  expect(fitted.curves.at(-1)!.metric).toBeCloseTo(report!.metric.student, 6);
  expect(new Set(Object.values(rows.target.values))).toEqual(new Set([-1]));
});

test("a small net learns from a forest of numbers and one of classes", async () => {
  const [values, count] = [normals(3 * 600, 4), 600];
  const columns = Object.fromEntries(
    ["a", "b", "c"].map((name, at) => [
      name,
      Float32Array.from({ length: count }, (_, row) => values[3 * row + at]!),
    ]),
  );
  const sums = Float64Array.from(
    { length: count },
    (_, row) => values[3 * row]! + Math.abs(values[3 * row + 1]!),
  );
  const y = Int32Array.from(sums, (sum) => (sum > 0.7 ? 1 : 0));
  const X = matrix(count, 3, values);
  const data = (target: Int32Array | Float32Array) => {
    const part = (from: number, to: number) => ({
      rows: to - from,
      inputs: { x: { dims: [3], values: values.slice(3 * from, 3 * to) } },
      target: { dims: [], values: target.slice(from, to) as Int32Array },
    });
    return { rows: part(0, 400), validation: part(400, 600) };
  };
  const forest = await randomForest({ trees: 12, seed: 1 }).fit({ columns, y, classes: ["no", "yes"] });
  const classes = data(y);
  const one = await distil(graphOf(forest), denseStudent(X, { hidden: [8], scores: 2 }), classes.rows, {
    ...training,
    epochs: 20,
    validation: classes.validation,
  });
  expect(one.report!.fidelity).toBeGreaterThan(0.9);
  expect(one.report!.bytes.student).toBeLessThan(one.report!.bytes.teacher / 10);
  const regressor = await randomForest({ task: "regression", trees: 12, seed: 1 }).fit({ columns, y: sums });
  const numbers = data(Float32Array.from(sums));
  const two = await distil(graphOf(regressor), denseStudent(X, { hidden: [12], scores: 1 }), numbers.rows, {
    ...training,
    epochs: 20,
    validation: numbers.validation,
  });
  expect(two.report!.fidelity).toBeGreaterThan(0.9);
  expect(two.report!.metric.name).toBe("rootMeanSquaredError");
  expect(two.report!.metric.student).toBeLessThan(0.4);
});

test("a class that there is not, and a teacher of other rows, are refused", async () => {
  const teacher = inferenceGraph(SWING_NET, await swing);
  const rows = swingRows(20, 1);
  const wrong = { ...rows, target: { dims: [], values: new Int32Array(20).fill(2) } };
  await expect(distil(teacher, SWING_NET, wrong, training)).rejects.toThrow(
    /target, row 0: expected a class below 2/,
  );
  const narrow = { ...rows, inputs: { x: { dims: [3], values: new Float32Array(60) } } };
  await expect(distil(teacher, SWING_NET, narrow, training)).rejects.toThrow(
    /input "x": expected rows of 3 numbers/,
  );
  await expect(distil(teacher, SWING_NET, rows, { ...training, hard: 2 })).rejects.toThrow(/hard/);
  await expect(distil(teacher, SWING_NET, rows, { ...training, temperature: 0 })).rejects.toThrow(
    /temperature/,
  );
});
