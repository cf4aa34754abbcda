import { graphBuilder } from "@tideline/graph";
import { expect, test } from "vitest";
import { makeArtifacts } from "./artifact-kind.ts";
import { ARTIFACT_RUNTIMES } from "./artifact-runtime.ts";
import { exactColumns } from "./exact-column.ts";
import { requireMatrix } from "./matrix-gate.ts";
import { parityMatrix } from "./parity-matrix.ts";
import { changedTrees } from "./testing/fault.ts";
import { sampleForest, sampleRows, type ForestReading } from "./testing/sample.ts";

const heldOut = sampleRows(80);
const runtimes = ARTIFACT_RUNTIMES.filter(({ name }) => name !== "onnxruntime-web");

/** The cells of right files, and of files whose writer takes "less" for "at most": of one kind each. */
async function cellsOf(reading: ForestReading, kinds: readonly string[]) {
  const { model, labels } = await sampleForest(heldOut, reading);
  const strict = changedTrees(model, { nodes_modes: "BRANCH_LT" });
  const given = { model, heldOut, labels, runtimes, timedRows: 1 };
  const { made } = await makeArtifacts({ model, name: "forest", labels: ["a", "b"] }, ["onnx", ...kinds]);
  const wrong = await makeArtifacts({ model: strict, name: "forest", labels: ["a", "b"] }, kinds);
  expect(wrong.missing).toEqual([]);
  const right = requireMatrix(await parityMatrix({ ...given, artifacts: { made, missing: [] } }), kinds);
  const graph = made.filter(({ kind }) => kind === "onnx" && !kinds.includes("onnx"));
  const artifacts = { made: [...graph, ...wrong.made], missing: [] };
  return { right: right.cells, off: (await parityMatrix({ ...given, artifacts })).cells };
}

test.each([
  ["raw", ["ort", "tflite", "table", "mlmodel"]],
  ["raw", ["onnx"]],
  ["cast", ["tflite"]],
  ["part", ["ort", "tflite", "table", "mlmodel"]],
] as const)("%s columns: less for at most is caught in files of %j", async (reading, kinds) => {
  const { right, off } = await cellsOf(reading, kinds);
  for (const { adversarial, untraced } of right) {
    expect(untraced).toBe(0);
    if (reading !== "part") expect(adversarial.agreement).toBe(1);
  }
  // The fault of the graph's own writer is the reference's: the interpreter says so.
  const wrong = kinds[0] === "onnx" ? off.filter(({ artifact }) => artifact === "graph") : off.slice(2);
  expect(wrong.length).toBe(kinds.length);
  for (const { artifact, untraced, traced, faults } of wrong) {
    expect([artifact, faults.join()]).toEqual([artifact, expect.stringContaining("at no threshold")]);
    expect(untraced).toBeGreaterThan(1);
    // Behind a scaler the bound explains it.
    expect(traced.length > 0).toBe(reading === "part");
  }
});

test("a column is as it came behind moves, choices and casts, and computed behind a sum, a text of counts or a rounding", () => {
  const g = graphBuilder("columns");
  const x = g.input("x", "float32", ["N", 2]);
  const codes = g.op("Cast", [g.input("code", "int64", ["N", 1])], { to: 1 });
  const filled = g.op("Where", [g.op("IsNaN", [x]), g.scalar(-1), x]);
  const clipped = g.op("Clip", [filled, g.scalar(1), g.scalar(5)]);
  const sums = g.op("Add", [x, g.scalar(0)]);
  const chosen = g.op("Where", [g.op("Less", [sums, x]), x, filled]);
  const parts = g.op("Concat", [sums, clipped, codes], { axis: 1 });
  const turned = g.op("Gather", [parts, g.ints([4, 0, 3])], { axis: 1 });
  const narrow = g.op("Cast", [g.op("Cast", [g.op("Concat", [x, sums], { axis: 1 })], { to: 7 })], { to: 1 });
  g.output("features", g.op("Concat", [turned, chosen, narrow, x], { axis: 1 }));
  const model = g.build();
  const value = model.graph.outputs[0]!.name;
  const [turnedOnes, chosenOnes, narrowOnes, xOnes] = [
    [true, false, true],
    [false, false],
    [false, false, false, false],
    [true, true],
  ];
  expect(exactColumns(model, value)).toEqual([turnedOnes, chosenOnes, narrowOnes, xOnes].flat());
});
