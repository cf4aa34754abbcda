import { graphBuilder } from "@tideline/graph";
import { expect, test } from "vitest";
import { makeArtifacts } from "./artifact-kind.ts";
import { ARTIFACT_RUNTIMES } from "./artifact-runtime.ts";
import { parityMatrix } from "./parity-matrix.ts";

test("a LiteRT file is given both halves of an input of double precision", async () => {
  const g = graphBuilder("age");
  const at = g.input("at", "float64", ["rows", 1]);
  const micros = g.op("Sub", [at, g.scalar(1.7e15, "float64")]);
  g.output("since", g.op("Cast", [g.op("Div", [micros, g.scalar(1e6, "float64")])], { to: 1 }));
  const model = g.build();
  const values = Array.from({ length: 20 }, (_, row) => 1.7e15 + 1000 * row + 16);
  const artifacts = await makeArtifacts({ model, name: "age" }, ["onnx", "tflite"]);
  const runtimes = ARTIFACT_RUNTIMES.filter(({ formats }) => formats.includes("tflite"));
  const reference = ARTIFACT_RUNTIMES.slice(0, 1);
  const matrix = await parityMatrix({
    model,
    artifacts,
    heldOut: { count: 20, inputs: { at: values } },
    runtimes: [...reference, ...runtimes],
    timedRows: 1,
  });
  expect(matrix.cells.map(({ artifact }) => artifact)).toEqual(["graph", "onnx", "tflite"]);
  expect(matrix.cells[2]!.heldOut.difference).toBeLessThan(1e-6);
});
