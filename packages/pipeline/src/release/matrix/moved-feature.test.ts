import { graphBuilder, type OnnxModel } from "@tideline/graph";
import { seededRandom } from "@tideline/learn";
import { expect, test } from "vitest";
import { makeArtifacts } from "./artifact-kind.ts";
import { ARTIFACT_RUNTIMES } from "./artifact-runtime.ts";
import { codedGraph } from "./coded-graph.ts";
import { isShared, movedFeatures } from "./moved-feature.ts";
import { parityMatrix } from "./parity-matrix.ts";
import { featuresOf } from "./tree-bound.ts";
import { shiftedFeature } from "./testing/fault.ts";

const [ROWS, WIDTH] = [24, 96];
const random = seededRandom(11);
const x = Float32Array.from({ length: ROWS * WIDTH }, () => random.normal());

/** Trees of one bound each, of a mean that cancels against a thousand, and of less than the mean. */
function stumps(bounds: readonly (readonly [feature: number, threshold: number])[]): OnnxModel {
  const g = graphBuilder("stumps");
  const given = g.input("x", "float32", ["N", WIDTH]);
  const mean = (of: typeof given) => g.op("ReduceMean", [of, g.ints([1])], { keepdims: 1 });
  const wide = g.op("Sub", [mean(g.op("Add", [given, g.scalar(1000)])), g.scalar(1000)]);
  const features = g.op("Concat", [wide, g.op("Neg", [mean(given)])], { axis: 1 });
  const each = <Value>(of: (at: number) => readonly Value[]): Value[] => bounds.flatMap((_, at) => of(at));
  g.output(
    "amount",
    g.op("TreeEnsembleRegressor", [features], {
      nodes_treeids: each((at) => [at, at, at]),
      nodes_nodeids: each(() => [0, 1, 2]),
      nodes_featureids: each((at) => [bounds[at]![0], 0, 0]),
      nodes_modes: each(() => ["BRANCH_LEQ", "LEAF", "LEAF"]),
      nodes_values: each((at) => [bounds[at]![1], 0, 0]),
      nodes_truenodeids: each(() => [1, 0, 0]),
      nodes_falsenodeids: each(() => [2, 0, 0]),
      target_treeids: each((at) => [at, at]),
      target_nodeids: each(() => [1, 2]),
      target_ids: each(() => [0, 0]),
      target_weights: each((at) => [0, 2 ** -at]),
      n_targets: 1,
    }),
  );
  return g.build();
}

test("features that round by more than a few last bits explain differences, and none of a tree that reads another column", async () => {
  const rows = { count: ROWS, inputs: { x } };
  const probe = stumps([[0, 0]]);
  const { values } = featuresOf(codedGraph(probe)!.model, "Concat_1", rows);
  // Beside each row's own mean that cancels is a threshold: runtimes round it to either side by up to 6e-5.
  const bounds = Array.from({ length: 8 }, (_, at) => [0, Math.fround(values[2 * at]! + 1e-5)] as const);
  const model = stumps([[1, 0], ...bounds]);
  const runtimes = ARTIFACT_RUNTIMES.filter(({ name }) => name !== "onnxruntime-web");
  const { made } = await makeArtifacts({ model, name: "stumps" }, ["onnx", "tflite"]);
  const heldOut = { count: 4, inputs: { x: x.slice(16 * WIDTH, 20 * WIDTH) } };
  const adversarial = { ...rows, kinds: Array.from({ length: ROWS }, () => "threshold" as const) };
  const run = async (all: typeof made) => {
    const given = { model, heldOut, adversarial, runtimes, timedRows: 1 };
    return (await parityMatrix({ ...given, artifacts: { missing: [], made: all } })).cells;
  };
  const right = await run(made);
  const traced = right.flatMap((cell) => cell.traced);
  expect(right.map(({ untraced }) => untraced)).toEqual(right.map(() => 0));
  expect(traced.filter(({ ulps }) => ulps > 4).length).toBeGreaterThan(0);
  // Only the first tree reads another column.
  const wrong = await makeArtifacts({ model: shiftedFeature(model, 2, 0), name: "stumps" }, ["tflite"]);
  const off = (await run([made[0]!, ...wrong.made])).find(({ artifact }) => artifact === "tflite")!;
  expect(off.untraced).toBeGreaterThan(10);
  expect(off.faults.join()).toContain("at no threshold");
});

test("a feature moves as far as rounding explains, and otherwise stays", () => {
  const of = (...values: readonly number[]) => Float64Array.from(values);
  const limits = { scale: of(1, 1, 0, 0), reach: () => of(0, 1e-4, 0, 0), most: 1e-5 };
  const moved = movedFeatures(of(0, 0, 100, Number.NaN), of(9e-6, 2.1e-4, 100.01, 1), limits);
  expect([...moved]).toEqual([9e-6, 0, 100, Number.NaN]);
  const near = movedFeatures(of(0, 0, 100, 1), of(1.1e-5, 1.9e-4, 100.0009, Number.NaN), limits);
  expect([...near]).toEqual([0, 1.9e-4, 100.0009, 1]);
});

test("rows whose features are numbers in other places, by float32, share no answer", () => {
  const of = (...x: readonly number[]) => ({ x: Float64Array.from(x) });
  const own = of(1, Number.NaN, 1, Infinity, 1e39, 2, 1, -Infinity, Number.NaN, 0);
  const found = of(1, Number.NaN, 1, 3, Infinity, 2.5, 1, Infinity, 7, 0);
  expect(isShared(own, found, 5)).toEqual([true, false, true, false, false]);
});
