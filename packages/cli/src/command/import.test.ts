import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { interpret, readOnnx, writeOnnx } from "@tideline/graph";
import { afterAll, expect, test } from "vitest";
import { importCommand } from "./import.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-import-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const vector = (name: string): string =>
  fileURLToPath(new URL(`../../../../vectors/import/${name}.onnx`, import.meta.url));
/** A model that may be lost. */
const copy = join(work, "copy.onnx");
copyFileSync(vector("torch-conv1d"), copy);

interface ImportValue {
  readonly targets: readonly {
    readonly kind: string;
    readonly reached: boolean;
    readonly reasons: readonly object[];
  }[];
}
const reached = (value: object): readonly string[] =>
  (value as ImportValue).targets.filter((target) => target.reached).map(({ kind }) => kind);

test("a net of PyTorch comes in what nets come in, and says the same when it is written again", async () => {
  const out = join(work, "net.onnx");
  const { value, text, fault } = await importCommand(vector("torch-conv1d"), { out });
  expect(fault).toBeUndefined();
  expect(reached(value)).toEqual(["onnx", "ort", "tflite", "table", "mlpackage"]);
  expect(text).toMatch(/^.*: pytorch .*opset ai.onnx 20, 7 nodes/);
  expect(text).toMatch(/source .*Conv: a layer of nets.*instead: /);
  const x = { dims: [2, 16, 3], values: Float64Array.from({ length: 96 }, (_, at) => Math.sin(at)) };
  const [before, after] = [vector("torch-conv1d"), out].map(
    (path) => interpret(readOnnx(readFileSync(path)), { x })["p"]!,
  );
  for (const [at, one] of before!.values.entries()) expect(after!.values[at]).toBeCloseTo(one, 6);
});

test("trees of scikit-learn, whose exporter names an operator set twice", async () => {
  const { value } = await importCommand(vector("sklearn-forest"));
  expect(reached(value)).toEqual(expect.arrayContaining(["onnx", "ort", "tflite"]));
});

test("a pipeline of scikit-learn comes in every kind, its maps as a tensor", async () => {
  const out = join(work, "logistic.onnx");
  const { value, text, fault } = await importCommand(vector("sklearn-logistic"), { out });
  expect(fault).toBeUndefined();
  expect(reached(value)).toEqual(["onnx", "ort", "tflite", "table", "mlmodel", "mlpackage", "source"]);
  expect(text).toMatch(/output_probability is a tensor \[batch, 3\] instead of maps: columns 0, 1, 2/);
  const { graph } = readOnnx(readFileSync(out));
  expect(graph.outputs.map(({ name }) => name)).toEqual(["output_label", "output_probability"]);
  const check = () => importCommand(vector("sklearn-logistic"), { out, check: true });
  expect((await check()).fault).toBeUndefined();
  writeFileSync(out, "");
  expect((await check()).fault).toMatchObject({ code: "CHECK_FAILED" });
});

test("operators that are not known are listed with what to use instead", async () => {
  const path = join(work, "vectors.onnx");
  const model = readOnnx(readFileSync(vector("sklearn-forest")));
  const vectors = model.graph.nodes.map((node) => ({ ...node, op: "DictVectorizer" }));
  const { attributes: _, ...one } = vectors[0]!;
  // What has a standard form behind one that has none is not what is wrong.
  const behind = {
    ...one,
    name: "n",
    op: "Normalizer",
    inputs: ["probabilities"],
    outputs: ["q"],
    attributes: {},
  };
  const nodes = [...vectors, behind];
  writeFileSync(path, writeOnnx({ ...model, graph: { ...model.graph, nodes } }));
  const { text, fault, value } = await importCommand(path);
  expect(fault).toMatchObject({ code: "MODEL_UNSUPPORTED" });
  expect(text).toMatch(/DictVectorizer \(1 node\): .*; instead: a column for each key/);
  expect((value as { unknown: object[] }).unknown).toHaveLength(1);
});

test.each([
  ["no file", join(work, "none.onnx"), {}, "DATA_NOT_FOUND"],
  ["a folder", work, {}, "DATA_NOT_FOUND"],
  ["bytes that are no model", fileURLToPath(import.meta.url), {}, "MODEL_MALFORMED"],
  ["a length that is none", vector("torch-conv1d"), { length: ["batch=0"] }, "ARGUMENT_INVALID"],
  ["a length of no axis", vector("torch-conv1d"), { length: ["bach=1"] }, "ARGUMENT_INVALID"],
  ["a length twice", vector("torch-conv1d"), { length: ["batch=1", "batch=2"] }, "ARGUMENT_INVALID"],
  ["--check without --out", vector("torch-conv1d"), { check: true }, "ARGUMENT_INVALID"],
  ["--out without a name", vector("torch-conv1d"), { out: "" }, "ARGUMENT_INVALID"],
  ["--out that is a folder", vector("torch-conv1d"), { out: work }, "ARGUMENT_INVALID"],
  ["--out that is the model", copy, { out: copy }, "ARGUMENT_INVALID"],
])("%s is refused", async (_, file, flags, code) => {
  await expect(importCommand(file, flags)).rejects.toMatchObject({ code });
});

test("trees whose classes are texts vote for their places, and the model says which they are", async () => {
  const path = join(work, "worded.onnx");
  const model = readOnnx(readFileSync(vector("sklearn-forest")));
  const nodes = model.graph.nodes.map((node) => {
    const { classlabels_int64s: _, ...attributes } = node.attributes;
    const names = { type: "strings", value: ["röt", "b", "c d"] } as const;
    return { ...node, attributes: { ...attributes, classlabels_strings: names } };
  });
  const outputs = model.graph.outputs.map((one, at) => (at === 0 ? { ...one, elementType: "string" } : one));
  writeFileSync(path, writeOnnx({ ...model, graph: { ...model.graph, nodes, outputs } } as typeof model));
  const out = join(work, "worded-out.onnx");
  const { value, fault } = await importCommand(path, { out });
  expect(fault).toBeUndefined();
  expect(value).toMatchObject({ texts: { label: ["röt", "b", "c d"] } });
  const { metadata, graph } = readOnnx(readFileSync(out));
  expect(metadata["classes"]).toBe('["röt","b","c d"]');
  expect(graph.outputs[0]).toMatchObject({ name: "label", elementType: "int64" });
});
