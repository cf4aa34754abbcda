import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableRuntime } from "@tideline/device";
import * as ort from "onnxruntime-node";
import { describe, expect, onTestFinished, test } from "vitest";
import { litertRuntime, type LiteRtModel, type LiteRtTensor } from "./litert-runtime.ts";
import { onnxRuntime, type OrtModule } from "./onnx-runtime.ts";

const vectors = join(import.meta.dirname, "../../../../vectors");

describe("ONNX Runtime, by the module of Node that has the same API", () => {
  const model = readFileSync(
    join(
      vectors,
      "compat/v1/folder/artifact/29512526e262357337fa4cac1f93dcc4fb23f8a15ec8e14480dd9b85ca0380df",
    ),
  );
  const runtime = onnxRuntime(ort as unknown as OrtModule);
  const names = { input: "window", output: "probabilities" };

  test("runs a release's model and reports the library's version", async () => {
    expect([runtime.name, runtime.tier, runtime.version]).toEqual(["onnx", "cpu", ort.env.versions.common]);
    const loaded = await runtime.load(model, names);
    const { window } = JSON.parse(readFileSync(join(vectors, "compat/v1/expected.json"), "utf8")).release
      .model;
    const values = Float32Array.from(
      { length: window.size * window.channels.length },
      (_, index) => index / 500,
    );
    const answer = await loaded.run(values, [1, window.size, window.channels.length]);
    expect(answer).toHaveLength(2);
    expect(answer[0]! + answer[1]!).toBeCloseTo(1, 5);
    expect(await loaded.run(values, [1, window.size, window.channels.length])).toEqual(answer);
    await loaded.release();
  });

  test("as a reduced build it takes the library's own format, and answers the same", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tideline-ort-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "model.ort");
    const extra = { "session.save_model_format": "ORT" };
    const options = { optimizedModelFilePath: file, graphOptimizationLevel: "basic", extra } as const;
    await (await ort.InferenceSession.create(new Uint8Array(model), options)).release();
    const reduced = onnxRuntime(ort as unknown as OrtModule, { format: "ort" });
    expect([reduced.name, reduced.level]).toEqual(["ort", 6]);
    const { window } = JSON.parse(readFileSync(join(vectors, "compat/v1/expected.json"), "utf8")).release
      .model;
    const dims = [1, window.size, window.channels.length] as const;
    const values = Float32Array.from({ length: dims[1] * dims[2] }, (_, index) => index / 500);
    const answers = [];
    for (const loaded of [
      await runtime.load(model, names),
      await reduced.load(new Uint8Array(readFileSync(file)), names),
    ]) {
      answers.push(Array.from(await loaded.run(values, dims)));
      await loaded.release();
    }
    expect(answers[0]).toHaveLength(2);
    for (const [at, value] of answers[0]!.entries()) expect(answers[1]![at]).toBeCloseTo(value, 6);
  });

  test("a model without the release's tensors is refused, and so are other bytes", async () => {
    await expect(runtime.load(model, { ...names, output: "labels" })).rejects.toMatchObject({
      code: "RUNTIME_UNSUPPORTED",
    });
    await expect(runtime.load(new Uint8Array(10), names)).rejects.toThrow();
    expect(onnxRuntime(ort as unknown as OrtModule, { providers: ["coreml", "cpu"] }).tier).toBe(
      "accelerator",
    );
  });
});

describe("the model table", () => {
  test("gives the output that the release names", async () => {
    const table = readFileSync(join(vectors, "table/op-softmax.tlm"));
    const { rows } = JSON.parse(readFileSync(join(vectors, "table/op-softmax.json"), "utf8"));
    for (const output of ["last", "single"]) {
      const loaded = await tableRuntime.load(table, { input: "x", output });
      const answer = await loaded.run(Float32Array.from(rows[0].input), [1, 1, 1]);
      for (const [index, value] of rows[0].outputs[output].entries())
        expect(answer[index]).toBeCloseTo(value, 6);
      await loaded.release();
    }
    await expect(tableRuntime.load(table, { input: "x", output: "y" })).rejects.toThrow(
      /last, middle, single/,
    );
    await expect(tableRuntime.load(table, { input: "z", output: "last" })).rejects.toMatchObject({
      code: "RUNTIME_UNSUPPORTED",
    });
  });
});

describe("LiteRT, by a stand-in for the native module", () => {
  const float = (name: string): LiteRtTensor => ({ name, dataType: "float32", shape: [1, 4] });
  const models: ArrayBuffer[] = [];
  const moduleOf = (inputs: LiteRtTensor[], outputs: LiteRtTensor[]) => ({
    createModel: (bytes: ArrayBuffer): LiteRtModel => {
      models.push(bytes);
      const run = async ([input]: ArrayBuffer[]) =>
        outputs.map((_, index) => new Float32Array(input!).map((value) => value * (index + 2)).buffer);
      return { inputs, outputs, run };
    },
  });
  const names = { input: "x", output: "y" };

  test("hands over exact bytes and takes the output by name, or the only one", async () => {
    const runtime = litertRuntime(moduleOf([float("x")], [float("other"), float("y")]), { platform: "ios" });
    expect([runtime.name, runtime.tier, runtime.version]).toEqual([
      "litert",
      "cpu",
      "TensorFlowLiteC 2.17.0",
    ]);
    const loaded = await runtime.load(new Uint8Array([0, 1, 2]).subarray(1), names);
    expect(new Uint8Array(models.at(-1)!)).toEqual(Uint8Array.of(1, 2));
    expect(await loaded.run(Float32Array.of(9, 1, 2).subarray(1), [1, 1, 2])).toEqual(Float32Array.of(3, 6));
    const single = litertRuntime(moduleOf([float("a")], [float("b")]), { platform: "android" });
    const only = await single.load(new Uint8Array(1), names);
    expect(await only.run(Float32Array.of(1), [1, 1, 1])).toEqual(Float32Array.of(2));
  });

  test("other types and other tensors are refused", async () => {
    const int8 = { ...float("y"), dataType: "int8" };
    const refused = { code: "RUNTIME_UNSUPPORTED" };
    const load = (inputs: LiteRtTensor[], outputs: LiteRtTensor[]) =>
      litertRuntime(moduleOf(inputs, outputs), { platform: "ios" }).load(new Uint8Array(1), names);
    await expect(load([float("x")], [int8])).rejects.toMatchObject(refused);
    await expect(load([float("x"), float("z")], [float("y")])).rejects.toMatchObject(refused);
    await expect(load([float("x")], [float("a"), float("b")])).rejects.toMatchObject(refused);
  });
});
