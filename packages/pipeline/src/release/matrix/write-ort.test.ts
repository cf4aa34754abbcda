import { graphBuilder, interpret, writeOnnx, type OnnxModel } from "@tideline/graph";
import { quantiseWeights } from "@tideline/graph/compress";
import { canonicalOrt } from "@tideline/graph/ort";
import { InferenceSession as NodeSession, Tensor as NodeTensor } from "onnxruntime-node";
import { InferenceSession as WebSession, Tensor as WebTensor } from "onnxruntime-web";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { chainCase } from "../../../../../test/coreml/chain-graph.ts";
import { temporaryFolder } from "../../catalog/testing/temporary-folder.ts";
import { sampleForest, sampleNet, sampleRows } from "./testing/sample.ts";
import { writeOrt } from "./write-ort.ts";

/** What ONNX Runtime itself writes of a model. */
async function written(model: OnnxModel): Promise<Uint8Array> {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "model.ort");
  const session = await NodeSession.create(writeOnnx(model), {
    optimizedModelFilePath: file,
    graphOptimizationLevel: "basic",
    extra: { "session.save_model_format": "ORT" },
    logSeverityLevel: 4,
  });
  await session.release();
  return new Uint8Array(readFileSync(file));
}

interface Runtime {
  readonly InferenceSession: Pick<typeof NodeSession, "create">;
  readonly Tensor: typeof NodeTensor;
}

const RUNTIMES: readonly Runtime[] = [
  { InferenceSession: NodeSession, Tensor: NodeTensor },
  { InferenceSession: WebSession as unknown as typeof NodeSession, Tensor: WebTensor },
];

/** Every number that a file answers to three made rows. */
async function answers({ InferenceSession, Tensor }: Runtime, bytes: Uint8Array) {
  const session = await InferenceSession.create(bytes.slice(), { logSeverityLevel: 4 });
  const feeds = Object.fromEntries(
    session.inputMetadata.map((input) => {
      if (!input.isTensor) throw new Error("not a tensor");
      const dims = input.shape.map((dim) => (typeof dim === "number" && dim > 0 ? dim : 3));
      const count = dims.reduce((product, dim) => product * dim, 1);
      const tensor =
        input.type === "string"
          ? new Tensor(
              "string",
              Array.from({ length: count }, (_, at) => ["Oslo", "Lyon", ""][at % 3]!),
              dims,
            )
          : new Tensor(
              "float32",
              Float32Array.from({ length: count }, (_, at) => Math.sin(at) * 9),
              dims,
            );
      return [input.name, tensor];
    }),
  );
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, { data, dims }]) => [name, { data, dims }]));
}

const MODELS: Readonly<Record<string, () => OnnxModel | Promise<OnnxModel>>> = {
  net: () => sampleNet(),
  forest: async () => (await sampleForest(sampleRows(64))).model,
  texts: () => chainCase("linear").model,
};

test.each(Object.keys(MODELS))(
  "%s has one .ort file, which answers as that of ONNX Runtime",
  async (name) => {
    const model = await MODELS[name]!();
    const original = await written(model);
    const made = await writeOrt(model);
    if (!("bytes" in made)) throw new Error("nothing written");
    expect(made.asWritten).toBeUndefined();
    for (let i = 0; i < 4; i++) expect(await writeOrt(model)).toEqual(made);
    expect(canonicalOrt(original)).toEqual({ ok: true, bytes: made.bytes });
    expect(canonicalOrt(made.bytes)).toEqual({ ok: true, bytes: made.bytes });
    expect(made.bytes.length).toBeLessThanOrEqual(original.length);
    for (const runtime of RUNTIMES)
      expect(await answers(runtime, made.bytes)).toEqual(await answers(runtime, original));
  },
);

test("weights of eight bits stay narrow in the file, and are widened without an error", async () => {
  const g = graphBuilder("wide");
  const weights = Float32Array.from({ length: 64 * 64 }, (_, at) => Math.sin(at));
  g.output("y", g.op("MatMul", [g.input("x", "float32", ["N", 64]), g.constant(weights, [64, 64])]));
  const { model } = await quantiseWeights(g.build(), { bits: 8 });
  const [made, plain] = [await writeOrt(model), await writeOrt(g.build())];
  if (!("bytes" in made) || !("bytes" in plain)) throw new Error("nothing written");
  expect(made.bytes.length).toBeLessThan(0.5 * plain.bytes.length);
  const values = Float32Array.from({ length: 3 * 64 }, (_, at) => Math.sin(at) * 9);
  const wanted = interpret(model, { x: { dims: [3, 64], values } })["y"]!.values;
  for (const runtime of RUNTIMES) {
    const { y } = await answers(runtime, made.bytes);
    for (const [at, value] of wanted.entries()) expect(Number(y!.data[at])).toBeCloseTo(value, 3);
  }
});

test("weights of four bits, which the format does not hold, are refused with the reason", async () => {
  const { model } = await quantiseWeights(sampleNet(), { bits: 4 });
  const result = await writeOrt(model);
  expect(result).toEqual({
    reasons: [expect.objectContaining({ reason: expect.stringMatching(/data type/u) })],
  });
});
