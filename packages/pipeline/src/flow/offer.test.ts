import { graphBuilder, writeOnnx } from "@tideline/graph";
import { readProgram, runProgram } from "@tideline/graph/coreml";
import { seededRandom } from "@tideline/learn";
import {
  fromBase64,
  tidelineError,
  type Envelope,
  type ModelDefinition,
  type ReleaseMetadata,
  type SelfTestVectors,
} from "@tideline/spec";
import { afterAll, expect, test } from "vitest";
import { cleanUpLater } from "../dataset/testing/open-pose-lake.ts";
import { readZip } from "../preflight/zip.ts";
import { ARTIFACT_RUNTIMES, type ParityMatrix } from "../release/index.ts";
import { asText } from "./artifact-text.ts";
import { formatVariants } from "./format-variant.ts";
import { offer, type ReleaseMetrics } from "./offer.ts";
import { firstStudy } from "./testing/first-study.ts";
import { openPoseLoop } from "./testing/open-pose-loop.ts";
import { trainRun } from "./train-run.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const { context, request, snapshot } = await openPoseLoop(onFinished);
const taken = await snapshot(firstStudy());
const trained = await trainRun(context, await request(taken), null);

/** What LiteRT says where its package is not installed. */
const missingRuntime = (): Promise<never> =>
  Promise.reject(
    tidelineError("UNAVAILABLE", {
      who: "litert",
      expected: "the package @litertjs/core",
      received: "Cannot find module",
    }),
  );

/** Element types as ONNX numbers them. */
const [FLOAT, DOUBLE] = [1, 11];

/** A graph over windows `[N, 16, 3]` that computes in float64, as a table does not. */
function doubleGraph(): Uint8Array {
  const g = graphBuilder("double");
  const window = g.input("window", "float32", ["N", 16, 3]);
  const features = g.op("ReduceMean", [window, g.ints([1])], { keepdims: 0 });
  const doubled = g.op("Cast", [features], { to: DOUBLE });
  const back = g.op("Cast", [doubled], { to: FLOAT });
  const weights = g.constant(Float32Array.of(1, -1, 2, -2, 3, -3), [3, 2]);
  const scores = g.op("Gemm", [back, weights]);
  g.output("probabilities", g.op("Softmax", [scores], { axis: -1 }));
  g.output("features", features);
  return writeOnnx(g.build());
}

test("a graph that is no table is released alone, and the release keeps why", async () => {
  const { envelope, metrics } = await offer(context, { ...trained, graph: doubleGraph() }, taken);
  const payload = asText(fromBase64((envelope as Envelope).payload));
  const { variants, requires } = JSON.parse(payload) as ReleaseMetadata;
  expect(variants.map(({ format }) => format)).toEqual(["onnx"]);
  expect([requires.runtime, requires.levels]).toEqual([["onnx"], undefined]);
  const { noTable, tableParity } = metrics as ReleaseMetrics;
  expect(tableParity).toBeUndefined();
  expect(noTable).toMatch(/Cast node ".+": .*float64/);
});

/** A small net over windows `[N, 16, 3]`: whether what the first layer leaves is above a level. */
function netGraph(): Uint8Array {
  const random = seededRandom(1);
  const normal = (length: number, scale: number): Float32Array =>
    Float32Array.from({ length }, () => scale * random.normal());
  const g = graphBuilder("net");
  const turned = g.op("Transpose", [g.input("window", "float32", ["N", 16, 3])], { perm: [0, 2, 1] });
  const kernels = [g.constant(normal(16 * 15, 0.5), [16, 3, 5]), g.constant(normal(16, 0.1), [16])];
  const layer = g.op("Relu", [g.op("Conv", [turned, ...kernels], { pads: [2, 2] })]);
  const features = g.op("ReduceMean", [layer, g.ints([2])], { keepdims: 0 });
  const scores = g.op("Gemm", [features, g.constant(normal(32, 0.7), [16, 2])]);
  g.output("probabilities", g.op("Softmax", [scores], { axis: -1 }));
  g.output("features", features);
  return writeOnnx(g.build());
}

/** Formats of which each is another file of the net. */
const ASKED = ["onnx", "ort", "litert-int8", "coreml", "coreml-float16", "coreml-classic"] as const;

/** A release of the net in some formats, as it was signed and with what phones test it by. */
async function offeredNet(change: Partial<ModelDefinition>) {
  const asking = { ...context, model: { ...context.model, formats: ASKED, ...change } };
  const { envelope, metrics } = await offer(asking, { ...trained, graph: netGraph() }, taken);
  const release = JSON.parse(asText(fromBase64((envelope as Envelope).payload))) as ReleaseMetadata;
  const vectors = JSON.parse(asText(await context.artifacts.read(release.vectors.sha256))) as SelfTestVectors;
  return { release, vectors, metrics: metrics as ReleaseMetrics };
}

test("a definition that asks for .ort, LiteRT and Core ML has what passes released, each with its own self-test, and the rest withheld", async () => {
  const { release, vectors, metrics } = await offeredNet({});
  const { noTable, withheld, matrix } = metrics;
  expect(release.variants.map(({ kind }) => kind)).toEqual([
    undefined,
    "ort",
    "tflite-int8",
    "mlpackage",
    "mlpackage-float16",
  ]);
  expect(release.requires).toMatchObject({
    runtime: ["onnx", "ort", "litert", "coreml"],
    levels: { ort: 6, litert: 3, coreml: 6 },
  });
  expect(noTable).toBe("the definition asks for none");
  expect(withheld).toEqual({ "coreml-classic": "Conv: classic forms compute nothing like it" });
  const report = JSON.parse(asText(await context.artifacts.read(matrix!))) as ParityMatrix;
  expect(report.cells.filter(({ faults }) => faults.length > 0)).toEqual([]);
  const runtimes = report.artifacts.map(({ kind, runtimes: own }) => `${kind} ${own.join()}`);
  expect(runtimes).toContain("mlpackage-float16 coreml-interpreter");
  expect(runtimes).toContain("ort onnxruntime-node,onnxruntime-web");
  const [, , eight, program, half] = release.variants;
  expect(Object.keys(vectors.variants!)).toEqual([eight!.sha256, half!.sha256].sort());
  const { error } = report.cells.find(({ artifact }) => artifact === "tflite-int8")!.heldOut;
  const own = vectors.variants![eight!.sha256]!;
  expect(own.deviation).toBe(Math.max(1 / 256, 2 * error));
  expect(own.probabilities).not.toEqual(vectors.probabilities);
  // What a phone fetches of a package is one archive of its folder.
  const entries = readZip(await context.artifacts.read(program!.sha256));
  if (typeof entries === "string") throw new Error(entries);
  const files = entries.map(({ name, read }) => ({
    path: name.slice("model.mlpackage/".length),
    bytes: read() as Uint8Array,
  }));
  const dims = [1, 16, 3];
  const answers = vectors.windows.map(
    (values) => runProgram(readProgram(files), { window: { dims, values } })["probabilities"],
  );
  const far = answers.flatMap((answer, row) =>
    answer !== undefined && "values" in answer
      ? Array.from(answer.values, (value, at) => Math.abs(value - vectors.probabilities[row]![at]!))
      : [Infinity],
  );
  expect(Math.max(...far)).toBeLessThan(1e-5);
});

test("strictFormats refuses a release that lacks a format, and says why", async () => {
  await expect(offeredNet({ formats: ["onnx", "coreml-classic"], strictFormats: true })).rejects.toThrow(
    /coreml-classic: Conv: .*strictFormats.*PARITY_FAILED/,
  );
});

test("files whose runtime is not here are withheld, the others stay", async () => {
  const { withheld, variants } = await formatVariants({
    graph: netGraph(),
    formats: ["onnx", "ort", "litert", "coreml"],
    labels: ["a", "b"],
    calibration: async () => ({ count: 0, inputs: {} }),
    runtimes: ARTIFACT_RUNTIMES.filter(({ formats }) => !formats.includes("ort")).map((runtime) =>
      runtime.name === "litert" ? { ...runtime, open: () => missingRuntime() } : runtime,
    ),
  });
  expect(variants.map(({ kind }) => kind)).toEqual(["mlpackage"]);
  expect(withheld["litert"]).toMatch(/nothing here runs it.*@litertjs\/core/);
  expect(withheld["ort"]).toMatch(/nothing here runs it.*no runtime/);
});
