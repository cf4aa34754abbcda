import { expect, test } from "vitest";
import { graphBuilder, type GraphBuilder } from "../builder.ts";
import { interpret } from "../interpret.ts";
import { viewOf } from "../optimise/graph-view.ts";
import type { OnnxModel } from "../onnx.ts";
import type { Value } from "../value.ts";
import { exactSums } from "./exact-sum.ts";
import { preparedForCompression } from "./prepare-model.ts";
import { quantise } from "./quantise.ts";
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

test("whole numbers leave those sums alone", async () => {
  const rows = [{ x: { dims: [20, 8], values: normals(8, 160) } }];
  const { layers } = await quantise(featureNet(APART), {
    calibration: { runtime: ort, rows, method: "range" },
    nearest: true,
  });
  expect(layers.map(({ precision }) => precision)).toEqual(["int8-weights", "int8-weights"]);
});
