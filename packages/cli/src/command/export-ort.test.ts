import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphBuilder, writeOnnx } from "@tideline/graph";
import { requiredOperators } from "@tideline/graph/ort";
import { afterAll, expect, test } from "vitest";
import { exportCommand } from "./export.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-export-ort-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test("beside an .ort file stands what a reduced build must have: operators of the file, not of the graph", async () => {
  const g = graphBuilder("dense");
  const x = g.input("x", "float32", ["N", 3]);
  const product = g.op("MatMul", [x, g.constant(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2])]);
  g.output("y", g.op("Relu", [g.op("Add", [product, g.constant(Float32Array.of(0.5, -0.5))])]));
  const model = g.build();
  const path = join(work, "dense.onnx");
  writeFileSync(path, writeOnnx(model));
  const given = { folder: work, vectors: "8" };
  const out = join(work, "ort");
  expect((await exportCommand(path, { ...given, format: "ort", out })).fault).toBeUndefined();
  const config = readFileSync(join(out, "dense.required_operators.config"), "utf8");
  // As `create_config_from_models` of onnxruntime.tools.ort_format_model lists them; a product and a sum have become one.
  expect(config).toBe("!globally_allowed_types;float\nai.onnx;13;Gemm\nai.onnx;14;Relu\n");
  expect(requiredOperators([model])).toContain("Add,MatMul,Relu");
  expect(JSON.parse(readFileSync(join(out, "dense.json"), "utf8"))).toMatchObject({
    requiredOperators: "dense.required_operators.config",
  });
  const plain = join(work, "plain");
  expect((await exportCommand(path, { ...given, format: "onnx", out: plain })).fault).toBeUndefined();
  expect(JSON.parse(readFileSync(join(plain, "dense.json"), "utf8"))).not.toHaveProperty("requiredOperators");
  // An export without .ort takes the file of its own with it.
  const again = await exportCommand(path, { ...given, format: "onnx", out });
  expect((again.value as { removed: readonly string[] }).removed).toEqual([
    "dense.ort",
    "dense.required_operators.config",
  ]);
  expect(existsSync(join(out, "dense.required_operators.config"))).toBe(false);
});

test("classes that only the file's metadata names are labels of the manifest", async () => {
  const g = graphBuilder("named");
  const x = g.input("x", "float32", ["N", 2]);
  g.output("shares", g.op("Softmax", [x], { axis: 1 }));
  const path = join(work, "named.onnx");
  writeFileSync(path, writeOnnx(g.build({ metadata: { classes: '["sit","walk"]' } })));
  const out = join(work, "named");
  const { fault } = await exportCommand(path, { folder: work, vectors: "8", format: "onnx,mlpackage", out });
  expect(fault).toBeUndefined();
  expect(JSON.parse(readFileSync(join(out, "named.json"), "utf8"))).toMatchObject({
    labels: ["sit", "walk"],
  });
});
