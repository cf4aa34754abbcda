import { graphBuilder, type OnnxModel } from "@tideline/graph";
import { seededRandom } from "@tideline/learn";
import { expect, test } from "vitest";
import { makeArtifacts } from "./artifact-kind.ts";
import { parityMatrix } from "./parity-matrix.ts";

const COUNT = 60;
const random = seededRandom(7);
/** Points about places that lie far from 0 and near each other, so that their squares cancel. */
const x = Float32Array.from({ length: 4 * COUNT }, () => 8 + 2 * random.uniform());
const heldOut = { count: COUNT, inputs: { x } };

/** Distances from centres as the difference of squares, as scikit-learn's exporter writes k-means. */
function distances(shift: number): OnnxModel {
  const g = graphBuilder("centres");
  const points = g.input("x", "float32", ["N", 4]);
  const centres = Float32Array.from({ length: 12 }, (_, at) => Math.fround(8.2 + 0.13 * at + shift));
  const squares = Float32Array.from({ length: 3 }, (_, at) =>
    centres.subarray(4 * at, 4 * at + 4).reduce((sum, one) => sum + one * one, 0),
  );
  const products = g.op("Gemm", [points, g.constant(centres, [3, 4]), g.constant(squares)], {
    alpha: -2,
    transB: 1,
  });
  const own = g.op("ReduceSumSquare", [points, g.ints([1])], { keepdims: 1 });
  const apart = g.op("Sqrt", [g.op("Relu", [g.op("Add", [own, products])])]);
  g.output("label", g.op("ArgMin", [apart], { axis: 1, keepdims: 0 }));
  g.output("scores", apart);
  return g.build();
}

test("numbers that cancel pass as far as the graph's own rounding reaches, and not a file of other numbers", async () => {
  const model = distances(0);
  const kinds = ["onnx", "tflite", "mlpackage"];
  const artifacts = await makeArtifacts({ model, name: "own" }, kinds);
  const { cells } = await parityMatrix({ model, artifacts, heldOut });
  expect(cells.map(({ artifact, faults }) => [artifact, faults])).toEqual(
    cells.map(({ artifact }) => [artifact, []]),
  );
  const far = cells.filter(({ heldOut: { feature } }) => feature > 1e-5);
  expect(far.length).toBeGreaterThan(0);
  for (const { heldOut: held } of far) expect(held.cancelled).toBeGreaterThan(0);
  const other = await makeArtifacts({ model: distances(0.02), name: "other" }, ["tflite"]);
  const made = [artifacts.made[0]!, other.made[0]!];
  const wrong = await parityMatrix({ model, artifacts: { made, missing: [] }, heldOut });
  expect(wrong.cells.find(({ artifact }) => artifact === "tflite")!.faults.join()).toMatch(
    /other outputs differ/,
  );
});

test("naive Bayes, the logarithm of a sum of exponentials along named axes, comes in LiteRT and Core ML", async () => {
  const g = graphBuilder("bayes");
  const points = g.input("x", "float32", ["N", 4]);
  const weights = Float32Array.from({ length: 12 }, (_, at) => Math.sin(at) / 20);
  const joint = g.op("MatMul", [points, g.constant(weights, [4, 3])]);
  const whole = g.op("ReduceLogSumExp", [joint, g.ints([1])], { keepdims: 1 });
  g.output("shares", g.op("Exp", [g.op("Sub", [joint, whole])]));
  const model = g.build();
  const artifacts = await makeArtifacts({ model, name: "bayes" }, ["onnx", "tflite", "mlpackage"]);
  expect(artifacts.missing).toEqual([]);
  const { cells } = await parityMatrix({ model, artifacts, heldOut });
  expect(cells.flatMap(({ faults }) => faults)).toEqual([]);
  expect(new Set(cells.map(({ artifact }) => artifact))).toEqual(
    new Set(["graph", "onnx", "tflite", "mlpackage"]),
  );
});
