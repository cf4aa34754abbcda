import { graphBuilder, writeOnnx } from "@tideline/graph";
import { fromBase64, type Envelope, type ReleaseMetadata } from "@tideline/spec";
import { afterAll, expect, test } from "vitest";
import { cleanUpLater } from "../dataset/testing/open-pose-lake.ts";
import type { ParityMatrix } from "../release/index.ts";
import { asText } from "./artifact-text.ts";
import { offer, type ReleaseMetrics } from "./offer.ts";
import { firstStudy } from "./testing/first-study.ts";
import { openPoseLoop } from "./testing/open-pose-loop.ts";
import { trainRun } from "./train-run.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const { context, request, snapshot } = await openPoseLoop(onFinished);
const taken = await snapshot(firstStudy());
const trained = await trainRun(context, await request(taken), null);

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

test("a definition that asks for LiteRT has it released, and what a phone's self-test would refuse is withheld", async () => {
  const formats = ["onnx", "litert", "litert-float16", "litert-int8"] as const;
  const asking = { ...context, model: { ...context.model, formats } };
  const { envelope, metrics } = await offer(asking, trained, taken);
  const payload = asText(fromBase64((envelope as Envelope).payload));
  const { variants, requires } = JSON.parse(payload) as ReleaseMetadata;
  const { noTable, withheld = {}, matrix } = metrics as ReleaseMetrics;
  expect(variants.map(({ format }) => format).slice(0, 2)).toEqual(["onnx", "litert"]);
  expect(requires).toMatchObject({ runtime: ["onnx", "litert"], levels: { litert: 3 } });
  expect(noTable).toBe("the definition asks for none");
  const report = JSON.parse(asText(await context.artifacts.read(matrix!))) as ParityMatrix;
  for (const { format, sha256 } of variants.slice(1)) {
    expect(format).toBe("litert");
    const cell = report.cells.find((one) => one.sha256 === sha256);
    expect(cell).toMatchObject({ runtime: "litert", faults: [] });
  }
  // Each format that was asked for is offered or withheld with a reason.
  expect(variants.length - 1 + Object.keys(withheld).length).toBe(formats.length - 1);
  for (const reason of Object.values(withheld)) expect(reason).toMatch(/self-test|same file|expected/);
});
