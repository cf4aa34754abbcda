import { expect, test } from "vitest";
import { graphBuilder, type GraphBuilder } from "../builder.ts";
import { interpret } from "../interpret.ts";
import { viewOf } from "../optimise/graph-view.ts";
import type { OnnxModel } from "../onnx.ts";
import type { Value } from "../value.ts";
import { exactSums } from "./exact-sum.ts";
import { preparedForCompression } from "./prepare-model.ts";
import { quantise, type Compressed } from "./quantise.ts";
import { quantiseWeights } from "./quantise-weights.ts";
import { normals, ort, weights, windowNet } from "./testing/small-net.ts";

/** Features under a norm, beside the logarithm of a power, before six scores. */
function featureNet(variance: readonly number[]): OnnxModel {
  const g: GraphBuilder = graphBuilder("features");
  const x = g.input("x", "float32", ["N", 8]);
  const waves = g.op("MatMul", [x, weights(g, 1, [8, 8], 8)]);
  const power = g.op("Log", [g.op("Add", [g.op("Mul", [waves, waves]), g.scalar(1e-3)])]);
  const list = (fill: number): Value => g.constant(new Float32Array(8).fill(fill));
  const norm = g.op("BatchNormalization", [
    x,
    list(1),
    list(0.5),
    list(0.25),
    g.constant(Float32Array.from(variance)),
  ]);
  const all = g.op("Concat", [norm, power], { axis: -1 });
  g.output("scores", g.op("Gemm", [all, weights(g, 2, [16, 6], 16), weights(g, 3, [6], 1)]));
  return g.build();
}
const APART = [1e-6, 1e-4, 1, 1, 1, 1, 1, 1e4];
const ALIKE = APART.map((_, at) => 1 + at / 8);
const exact = (model: OnnxModel): readonly string[] => [...exactSums(viewOf(preparedForCompression(model)))];

test("sums stay exact that logarithms tell, and of columns of several units; no others", () => {
  expect(exact(featureNet(APART))).toEqual(["MatMul_1", "Gemm_1"]);
  expect(exact(featureNet(ALIKE))).toEqual(["MatMul_1"]);
  expect(exact(windowNet())).toEqual([]);
});

test("factors that lie far apart stay in front of a product; the answers are the same", () => {
  const rows = { x: { dims: [5, 8], values: normals(7, 40) } };
  for (const [variance, mul] of [
    [APART, 2],
    [ALIKE, 1],
  ] as const) {
    const model = featureNet(variance);
    const ready = preparedForCompression(model);
    const ops = ready.graph.nodes.map(({ op }) => op);
    expect(ops).not.toContain("BatchNormalization");
    expect(ops.filter((op) => op === "Mul")).toHaveLength(mul);
    const [before, after] = [model, ready].map((one) => interpret(one, rows)["scores"]!.values);
    const largest = Math.max(...before!.map(Math.abs));
    for (const [at, value] of before!.entries())
      expect(Math.abs(after![at]! - value) / largest).toBeLessThan(1e-5);
  }
});

test("whole numbers leave those sums alone, and without rows to make up for rounding they get half precision", async () => {
  const rows = [{ x: { dims: [20, 8], values: normals(8, 160) } }];
  const calibration = { runtime: ort, rows, method: "range" } as const;
  const precisions = async (made: Promise<Compressed>) =>
    (await made).layers.map(({ precision }) => precision);
  const model = featureNet(APART);
  expect(await precisions(quantise(model, { calibration }))).toEqual(["int8-weights", "int8-weights"]);
  expect(await precisions(quantiseWeights(model, { bits: 8, calibration }))).toEqual([
    "int8-weights",
    "int8-weights",
  ]);
  for (const made of [quantise(model, { calibration, nearest: true }), quantiseWeights(model, { bits: 8 })])
    expect(await precisions(made)).toEqual(["float16", "float16"]);
});

test.each([8, 4] as const)(
  "a spectrum in %d bits, rounded to the nearest, does not hear the mean of its signal",
  async (bits) => {
    const g = graphBuilder("spectrum");
    const x = g.input("x", "float32", ["N", 64]);
    // Waves under a Hann window: from the second on they sum to nothing.
    const waves = Float32Array.from({ length: 64 * 8 }, (_, at) => {
      const turn = (2 * Math.PI * Math.floor(at / 8)) / 64;
      return 0.5 * (1 - Math.cos(turn)) * Math.cos((2 + (at % 8)) * turn);
    });
    const power = g.op("MatMul", [x, g.constant(waves, [64, 8])]);
    g.output("scores", g.op("Log", [g.op("Add", [g.op("Mul", [power, power]), g.scalar(1e-3)])]));
    const model = g.build();
    // A quiet signal about 10.
    const values = normals(9, 20 * 64).map((value) => 10 + value / 10);
    const answer = (one: OnnxModel) => interpret(one, { x: { dims: [20, 64], values } })["scores"]!.values;
    const [before, after] = [answer(model), answer((await quantiseWeights(model, { bits })).model)];
    const moved = before.map((value, at) => Math.abs(value - after[at]!));
    expect(moved.reduce((sum, one) => sum + one, 0) / moved.length).toBeLessThan(0.1);
  },
);

test.each([8, 4, 16] as const)("no quiet wave beside loud ones is lost in %d bits", async (bits) => {
  const g = graphBuilder("waves");
  // Every other wave is a billionth of the others: half precision holds none of it.
  const waves = normals(1, 64).map((value, at) => (at % 2 === 0 ? value : value * 1e-9));
  const sums = g.op("MatMul", [g.input("x", "float32", ["N", 8]), g.constant(waves, [8, 8])]);
  g.output("scores", g.op("Log", [g.op("Abs", [sums])]));
  const model = g.build();
  const answer = (one: OnnxModel) =>
    interpret(one, { x: { dims: [20, 8], values: normals(8, 160) } })["scores"]!.values;
  const [before, after] = [answer(model), answer((await quantiseWeights(model, { bits })).model)];
  for (const [at, value] of before.entries()) expect(after[at]).toBeCloseTo(value, 3);
});
