import { readFileSync } from "node:fs";
import { graphBuilder, readOnnx, type OnnxModel } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import { adversarialRows } from "./adversarial-row.ts";
import { makeArtifacts, type ModelArtifacts } from "./artifact-kind.ts";
import { ARTIFACT_RUNTIMES } from "./artifact-runtime.ts";
import { requireMatrix } from "./matrix-gate.ts";
import type { ModelRows } from "./model-row.ts";
import { parityMatrix } from "./parity-matrix.ts";
import {
  changedLeaves,
  changedTrees,
  shiftedFeature,
  shiftedWeights,
  shiftedZeros,
  swappedAxis,
} from "./testing/fault.ts";
import { COLUMNS, sampleForest, sampleNet, sampleRows } from "./testing/sample.ts";

const heldOut = sampleRows(150);
const net = sampleNet();
const forest = await sampleForest(heldOut);
const runtimes = ARTIFACT_RUNTIMES.filter(({ name }) => name !== "onnxruntime-web");
const EXACT = ["onnx", "ort", "tflite", "table"];
const FORMS = [
  "onnx-float16",
  "onnx-int8",
  "tflite-float16",
  "tflite-dynamic-int8",
  "tflite-int8",
  "mlpackage",
];
const netArtifacts = await makeArtifacts(
  { model: net, name: "net", calibration: heldOut, quantised: sampleNet(128) },
  [...EXACT, ...FORMS],
);
const forestArtifacts = await makeArtifacts({ model: forest.model, name: "forest", labels: ["a", "b"] }, [
  ...EXACT,
  "mlmodel",
]);

/** The numbers of a row. */
const valuesAt = ({ inputs }: ModelRows, row: number): readonly number[] =>
  Array.from(inputs["x"] as ArrayLike<number>).slice(row * COLUMNS, (row + 1) * COLUMNS);

/** The graph and one kind, which is what its exporter makes of another graph. */
async function withFault(
  artifacts: ModelArtifacts,
  kind: string,
  source: Parameters<typeof makeArtifacts>[0],
): Promise<ModelArtifacts> {
  const { made } = await makeArtifacts(source, [kind]);
  expect(made[0]!.sha256).not.toBe(artifacts.made.find((one) => one.kind === kind)!.sha256);
  const graph = artifacts.made.filter((one) => one.kind === "onnx" && kind !== "onnx");
  return { missing: [], made: [...graph, ...made] };
}

test("a net's artifacts pass on every runtime, and each kind that is none says why", async () => {
  const matrix = requireMatrix(
    await parityMatrix({ model: net, artifacts: netArtifacts, heldOut, runtimes, timedRows: 3 }),
    EXACT,
  );
  expect(matrix.cells.map(({ artifact, runtime }) => `${artifact} ${runtime}`)).toEqual([
    "graph interpreter",
    "onnx onnxruntime-node",
    "ort onnxruntime-node",
    "tflite litert",
    "table predict",
    "onnx-int8 onnxruntime-node",
    "tflite-int8 litert",
    "mlpackage coreml-interpreter",
  ]);
  expect(matrix.missing.map(({ kind, reasons }) => [kind, reasons[0]!.reason])).toEqual([
    ["onnx-float16", "no weights that would be smaller"],
    ["tflite-float16", "the same file as tflite: nothing in it is smaller so"],
    ["tflite-dynamic-int8", "the same file as tflite: nothing in it is smaller so"],
  ]);
  for (const { artifact, heldOut: held, adversarial } of matrix.cells) {
    expect(held.rows).toBe(artifact === "graph" ? 16 : 150);
    expect(adversarial.byKind.map(({ kind }) => kind)).toEqual([
      "zero",
      "missing",
      "infinite",
      "extreme",
      "end",
    ]);
    if (!artifact.endsWith("int8")) expect(held.difference).toBeLessThan(1e-5);
  }
  expect(JSON.parse(JSON.stringify(matrix))).toEqual(matrix);
});

test("trees decide alike at their thresholds and beside them", async () => {
  const { model, labels } = forest;
  const matrix = requireMatrix(
    await parityMatrix({ model, artifacts: forestArtifacts, heldOut, labels, runtimes, timedRows: 3 }),
    [...EXACT, "mlmodel"],
  );
  const [graph] = matrix.cells;
  const beside = graph!.adversarial.byKind.find(({ kind }) => kind === "threshold")!;
  expect(beside.rows).toBeGreaterThan(40);
  expect(matrix).toMatchObject({ metric: "accuracy", trees: true });
  for (const { heldOut: held, adversarial } of matrix.cells) {
    expect(held).toMatchObject({ agreement: 1, difference: expect.closeTo(0, 6) });
    expect(adversarial.byKind.find(({ kind }) => kind === "missing")!.unanswered).toBe(0);
  }
});

test.each([
  ...EXACT.map((kind) => [kind, "axes in each other's place"] as const),
  ["mlpackage", "axes in each other's place"] as const,
  ...[...EXACT, "mlmodel"].map((kind) => [kind, "columns counted from one"] as const),
])("%s: %s are caught", async (kind, fault) => {
  const isNet = fault.startsWith("axes");
  const [model, wrong] = isNet
    ? [net, swappedAxis(net)]
    : [forest.model, shiftedFeature(forest.model, COLUMNS)];
  const artifacts = await withFault(isNet ? netArtifacts : forestArtifacts, kind, {
    model: wrong,
    name: "wrong",
  });
  const matrix = await parityMatrix({ model, artifacts, heldOut, runtimes, timedRows: 1 });
  expect(() => requireMatrix(matrix)).toThrow("PARITY_FAILED");
  // The fault of the graph's own writer is the reference's: the interpreter says so.
  const at = kind === "onnx" ? "graph" : kind;
  expect(matrix.cells.find(({ artifact }) => artifact === at)!.faults).not.toEqual([]);
});

test("another zero point is caught, in ONNX and in LiteRT", async () => {
  const onnx = await withFault(netArtifacts, "onnx-int8", {
    model: net,
    name: "net",
    quantised: sampleNet(136),
  });
  const right = netArtifacts.made.find(({ kind }) => kind === "tflite-int8")!;
  const file = { ...right.files[0]!, bytes: shiftedZeros(right.files[0]!.bytes, 64) };
  expect(file.bytes).not.toEqual(right.files[0]!.bytes);
  const made = [...onnx.made, { ...right, files: [file] }];
  const matrix = await parityMatrix({
    model: net,
    artifacts: { missing: [], made },
    heldOut,
    runtimes,
    timedRows: 1,
  });
  const bad = matrix.cells.filter(({ faults }) => faults.length > 0);
  expect(bad.map(({ artifact }) => artifact)).toEqual(["onnx-int8", "tflite-int8"]);
  for (const { heldOut: held } of bad) expect(held.deviation).toBeLessThan(2);
});

test("weights about another zero point are caught, in an ML Program of 8 bits", async () => {
  const model = sampleNet(undefined, 64);
  const artifacts = await makeArtifacts({ model, name: "net" }, ["onnx", "mlpackage-int8"]);
  const cellOf = async (by: number) => {
    const made = artifacts.made.map((one) => ({
      ...one,
      files: one.files.map((file) =>
        file.path.endsWith("weight.bin") ? { ...file, bytes: shiftedWeights(file.bytes, by) } : file,
      ),
    }));
    const rows = { heldOut, runtimes, timedRows: 1 };
    const { cells } = await parityMatrix({ model, artifacts: { missing: [], made }, ...rows });
    return cells.find(({ artifact }) => artifact === "mlpackage-int8")!;
  };
  expect((await cellOf(0)).faults).toEqual([]);
  const { faults, heldOut: held } = await cellOf(32);
  expect(faults.join()).toContain("outputs deviate by");
  expect(held.deviation).toBeLessThan(2);
});

test("trees that decide otherwise at a threshold are traced to it, and nowhere else", async () => {
  const strict = changedTrees(forest.model, { nodes_modes: "BRANCH_LT" });
  const at = await withFault(forestArtifacts, "ort", { model: strict, name: "forest" });
  const traced = await parityMatrix({ model: forest.model, artifacts: at, heldOut, runtimes, timedRows: 1 });
  const cell = traced.cells.find(({ artifact }) => artifact === "ort")!;
  expect(cell).toMatchObject({ faults: [], untraced: 0 });
  expect(cell.traced.length).toBeGreaterThan(1);
  expect(cell.adversarial.agreement).toBeLessThan(1);
  const moved = changedTrees(forest.model, { nodes_values: 1.0001 });
  const off = await withFault(forestArtifacts, "ort", { model: moved, name: "forest" });
  const matrix = await parityMatrix({ model: forest.model, artifacts: off, heldOut, runtimes, timedRows: 1 });
  expect(matrix.cells.find(({ artifact }) => artifact === "ort")!.untraced).toBeGreaterThan(0);
});

test("rows at thresholds that another column decides are explained by none of them", async () => {
  const { model } = forest;
  const all = adversarialRows(model, heldOut);
  const at = all.kinds.flatMap((kind, row) => (kind === "threshold" ? [row] : []));
  const pick = {
    count: at.length,
    inputs: { x: Float32Array.from(at.flatMap((row) => valuesAt(all, row))) },
  };
  const kinds = at.map(() => "threshold" as const);
  const run = async (wrong: OnnxModel) => {
    const artifacts = await withFault(forestArtifacts, "ort", { model: wrong, name: "forest" });
    const rows = { heldOut: pick, adversarial: { ...pick, kinds } };
    const { cells } = await parityMatrix({ model, artifacts, ...rows, runtimes, timedRows: 1 });
    return cells.find(({ artifact }) => artifact === "ort")!;
  };
  const strict = await run(changedTrees(model, { nodes_modes: "BRANCH_LT" }));
  expect(strict.untraced).toBe(0);
  expect(strict.traced.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(5);
  const off = await run(shiftedFeature(model, COLUMNS, 1));
  expect(off.untraced).toBeGreaterThan(40);
  expect(off.faults.join()).toContain("at no threshold");
});

test("classes by number come first, as scikit-learn's exporter has them: a classic file's scores are held too", async () => {
  const file = new URL("../../../../../vectors/import/sklearn-forest.onnx", import.meta.url);
  const read = readOnnx(readFileSync(file));
  const named = (ends: typeof read.graph.inputs) =>
    ends.map((end) => ({ ...end, dims: ["N", ...end.dims.slice(1)] }));
  const graph = { ...read.graph, inputs: named(read.graph.inputs), outputs: named(read.graph.outputs) };
  const model = { ...read, opsets: read.opsets.slice(0, 2), graph };
  const all = await makeArtifacts({ model, name: "forest", labels: ["a", "b", "c"] }, ["onnx", "mlmodel"]);
  const rows = { model, heldOut: { count: 150, inputs: { X: heldOut.inputs.x } }, runtimes, timedRows: 1 };
  const matrix = requireMatrix(await parityMatrix({ ...rows, artifacts: all }), ["mlmodel"]);
  expect(matrix.answer).toEqual({ output: "label", kind: "label" });
  const wrong = changedLeaves(model, 0.9);
  const off = await withFault(all, "mlmodel", { model: wrong, name: "forest", labels: ["a", "b", "c"] });
  const { cells } = await parityMatrix({ ...rows, artifacts: off });
  const cell = cells.find(({ artifact }) => artifact === "mlmodel")!;
  expect(cell.heldOut.feature).toBeGreaterThan(0.01);
  expect(cell.faults.join()).toContain("at no threshold");
});

test("amounts that are all wrong pass no gate, though every row is at a threshold", async () => {
  const g = graphBuilder("steps");
  const x = g.input("x", "float32", ["N", 1]);
  const [is, leaves] = [(value: number) => [value, 0, 0], [2, 1]];
  g.output(
    "amount",
    g.op("TreeEnsembleRegressor", [x], {
      nodes_treeids: is(0),
      nodes_nodeids: [0, 1, 2],
      nodes_featureids: is(0),
      nodes_modes: ["BRANCH_LEQ", "LEAF", "LEAF"],
      nodes_values: is(1),
      nodes_truenodeids: is(1),
      nodes_falsenodeids: is(2),
      target_treeids: [0, 0],
      target_nodeids: [1, 2],
      target_ids: [0, 0],
      target_weights: leaves,
      n_targets: 1,
    }),
  );
  const model = g.build();
  const right = await makeArtifacts({ model, name: "steps" }, ["onnx", "ort"]);
  const off = await withFault(right, "ort", { model: changedLeaves(model, 1.5), name: "steps" });
  const ones = { count: 40, inputs: { x: new Float32Array(40).fill(1) } };
  const given = { model, heldOut: ones, runtimes, timedRows: 1 };
  const adversarial = { ...ones, kinds: Array.from({ length: 40 }, () => "end" as const) };
  const { cells } = await parityMatrix({ ...given, adversarial, artifacts: off });
  expect(cells.find(({ artifact }) => artifact === "ort")!.faults).toEqual([
    "0 of answers are the graph's, less than 0.999",
    "80 larger differences are at no threshold of a tree",
  ]);
});

test("a net that answers NaN to a missing cell is told so, not that runtimes differ", async () => {
  const x = heldOut.inputs.x.slice();
  x[0] = Number.NaN;
  const { made } = netArtifacts;
  const artifacts = { missing: [], made: made.filter(({ kind }) => kind === "onnx") };
  const given = { model: net, heldOut: { count: 150, inputs: { x } }, runtimes, timedRows: 1 };
  const matrix = await parityMatrix({ ...given, artifacts });
  expect(() => requireMatrix(matrix)).toThrow(/simpleImputer/);
});

test("rows that do not fill the inputs, and a matrix without the graph, are refused", async () => {
  const refused = (changes: object) =>
    parityMatrix({ model: net, artifacts: netArtifacts, heldOut, runtimes, ...changes });
  const code = { code: "ARGUMENT_INVALID" };
  await expect(refused({ heldOut: { count: 0, inputs: {} } })).rejects.toMatchObject(code);
  await expect(refused({ heldOut: { ...heldOut, count: 151 } })).rejects.toMatchObject(code);
  await expect(refused({ heldOut: { count: 1, inputs: { x: ["a", "b", "c", "d"] } } })).rejects.toMatchObject(
    code,
  );
  await expect(refused({ labels: [1] })).rejects.toMatchObject(code);
  await expect(refused({ answer: "none" })).rejects.toMatchObject(code);
  await expect(refused({ artifacts: { made: [], missing: [] } })).rejects.toMatchObject(code);
});

describe("outputs that count no rows", () => {
  const g = graphBuilder("odd-ends");
  const x = g.input("x", "float32", ["N", 3]);
  const c = g.constant(Float32Array.of(1, 2, 3));
  g.output("y", g.op("Add", [x, c]));
  g.output("k", g.op("Identity", [c]));
  g.output("mean", g.op("ReduceMean", [x], { keepdims: 0 }));
  const model = g.build();
  const rows = { count: 9, inputs: { x: Float32Array.from({ length: 27 }, (_, at) => (at * 7) % 11) } };
  const source = { model, name: "odd-ends" };

  test("a constant and a mean are held row by row, and pass", async () => {
    const artifacts = await makeArtifacts(source, ["onnx", "tflite", "mlpackage", "mlpackage-float16"]);
    const matrix = requireMatrix(await parityMatrix({ model, artifacts, heldOut: rows, timedRows: 1 }));
    expect(new Set(matrix.cells.map(({ artifact }) => artifact))).toEqual(
      new Set(["graph", "onnx", "tflite", "mlpackage", "mlpackage-float16"]),
    );
  });

  test("another constant does not", async () => {
    const wrong: OnnxModel = {
      ...model,
      graph: {
        ...model.graph,
        initializers: model.graph.initializers.map((tensor) =>
          tensor.values.length === 3 ? { ...tensor, values: Float32Array.of(1, 2, 3.01) } : tensor,
        ),
      },
    };
    const { made } = await makeArtifacts(source, ["onnx"]);
    const fault = await makeArtifacts({ ...source, model: wrong }, ["tflite"]);
    const artifacts = { missing: [], made: [...made, ...fault.made] };
    const { cells } = await parityMatrix({ model, artifacts, heldOut: rows, timedRows: 1 });
    expect(cells.filter(({ faults }) => faults.length > 0).map(({ artifact }) => artifact)).toEqual([
      "tflite",
    ]);
  });
});

describe("nearest neighbours", () => {
  const points = Float32Array.from({ length: 60 }, (_, at) => ((at * 37) % 53) / 10);
  /** Shares of the classes of the three nearest points, as scikit-learn's exporter writes them. */
  const nearest = (shift: number): OnnxModel => {
    const g = graphBuilder("nearest");
    const x = g.input("x", "float32", ["N", 3]);
    const all = g.constant(points, [1, 20, 3]);
    const apart = g.op("Sub", [g.op("Unsqueeze", [x, g.ints([1])]), all]);
    const far = g.op("ReduceSumSquare", [apart, g.ints([2])], { keepdims: 0 });
    const [, places] = g.ops("TopK", [g.op("Sqrt", [far]), g.ints([3])], { largest: 0 });
    const classes = Float32Array.from({ length: 40 }, (_, at) => Number((at >> 1) % 2 === (at + shift) % 2));
    const votes = g.op("Gather", [g.constant(classes, [20, 2]), places!]);
    g.output("shares", g.op("ReduceMean", [votes, g.ints([1])], { keepdims: 0 }));
    return g.build();
  };
  const rows = { count: 20, inputs: { x: points } };

  test("pass: on a row beyond all points, which one is nearest is the rounding's, in the graph itself too", async () => {
    const artifacts = await makeArtifacts({ model: nearest(0), name: "nearest" }, ["onnx"]);
    const options = { model: nearest(0), artifacts, heldOut: rows, runtimes, timedRows: 1 };
    const { cells } = requireMatrix(await parityMatrix(options));
    // Without rounding the graph tells apart what float32 does not.
    expect(cells.find(({ artifact }) => artifact === "graph")!.adversarial.unstable).toBeGreaterThan(0);
  });

  test("do not with classes of other points", async () => {
    const { made } = await makeArtifacts({ model: nearest(0), name: "nearest" }, ["onnx"]);
    const fault = await makeArtifacts({ model: nearest(1), name: "nearest" }, ["tflite"]);
    const artifacts = { missing: [], made: [...made, ...fault.made] };
    const { cells } = await parityMatrix({
      model: nearest(0),
      artifacts,
      heldOut: rows,
      runtimes,
      timedRows: 1,
    });
    expect(cells.find(({ artifact }) => artifact === "tflite")!.faults).not.toEqual([]);
  });
});
