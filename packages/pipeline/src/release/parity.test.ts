import { float32Values, type GraphRuntime } from "@tideline/graph";
import { expect, test } from "vitest";
import {
  modelTable,
  onnxruntimeNode,
  onnxruntimeWeb,
  tableRuntime,
  tableRuntimeOf,
} from "../runtime/index.ts";
import { sampleModel, sampleWindows, type SampleFault } from "../runtime/testing/sample-model.ts";
import { checkParity, requireParity, type ParityOptions } from "./parity.ts";
import { sha256Hex } from "./release-port.ts";

const bytes = sampleModel();
const options: ParityOptions = {
  bytes,
  heldOut: sampleWindows(300),
  size: 128,
  channels: 9,
  input: "window",
  probabilities: "probabilities",
  features: "features",
  runtimes: [onnxruntimeNode, onnxruntimeWeb],
  timedRows: 5,
};

/** A runtime that runs another graph than it was given. */
function faulty(fault: SampleFault): GraphRuntime {
  return { name: "faulty", load: (_, rest) => onnxruntimeNode.load(sampleModel(0, fault), rest) };
}

test("the native and the wasm runtime agree, over more rows than one batch and over adversarial ones", async () => {
  const report = await checkParity(options);
  expect(report.rows).toBe(300 + report.matrix.rows.adversarial);
  expect(report.matrix.rows.adversarial).toBeGreaterThan(30);
  expect(report.maxProbabilityDifference).toBeGreaterThan(0);
  expect(report.maxProbabilityDifference).toBeLessThan(1e-5);
  expect(report.maxFeatureDifference).toBeLessThan(1e-5);
  expect(report.decisionAgreement).toBe(1);
  expect(Object.keys(report.byRuntime)).toEqual(["onnxruntime-node", "onnxruntime-web"]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test.each<[string, SampleFault]>([
  ["a weight off by a hundredth", { weight: 0.01 }],
  ["two channels in each other's place", { swapped: [0, 1] }],
  ["a feature off by a thousandth", { feature: 1.001 }],
  ["a feature that is no number", { feature: NaN }],
])("%s is caught", async (_, fault) => {
  const runtimes = [onnxruntimeNode, faulty(fault)];
  await expect(checkParity({ ...options, runtimes })).rejects.toMatchObject({ code: "PARITY_FAILED" });
});

test("the model table agrees in probabilities and in features, and the report names the bytes that ran", async () => {
  const runtimes = [onnxruntimeNode, onnxruntimeWeb, tableRuntime];
  const { byRuntime, maxProbabilityDifference, maxFeatureDifference } = await checkParity({
    ...options,
    runtimes,
  });
  const { table } = byRuntime;
  expect(table).toMatchObject({ artifact: sha256Hex(modelTable(bytes)) });
  expect(table!.maxProbabilityDifference).toBeGreaterThan(0);
  expect(table!.maxProbabilityDifference).toBeLessThan(1e-5);
  expect(table!.maxFeatureDifference).toBeLessThan(1e-5);
  expect(byRuntime["onnxruntime-web"]!.artifact).toBe(sha256Hex(bytes));
  const each = Object.values(byRuntime);
  expect(Math.max(...each.map((of) => of.maxProbabilityDifference))).toBe(maxProbabilityDifference);
  expect(Math.max(...each.map((of) => of.maxFeatureDifference))).toBe(maxFeatureDifference);
});

test.each<[string, SampleFault]>([
  ["a weight", { weight: 0.01 }],
  ["a feature", { feature: 1.001 }],
])("%s that is wrong in the table's bytes alone is caught", async (_, fault) => {
  const damaged = modelTable(sampleModel(0, fault));
  expect(damaged).not.toEqual(modelTable(bytes));
  const runtimes = [onnxruntimeNode, onnxruntimeWeb, tableRuntimeOf(() => damaged)];
  await expect(checkParity({ ...options, runtimes })).rejects.toMatchObject({ code: "PARITY_FAILED" });
});

test("a fault that shows on adversarial rows only is caught", async () => {
  const clamped: GraphRuntime = {
    name: "clamped",
    load: async (given, rest) => {
      const graph = await onnxruntimeNode.load(given, rest);
      return {
        ...graph,
        run: (inputs, outputs) => {
          const values = float32Values(inputs, "window").map((value) => Math.min(value, 5));
          return graph.run({ window: { dims: inputs["window"]!.dims, values } }, outputs);
        },
      };
    },
  };
  expect(options.heldOut.every((value) => value < 5)).toBe(true);
  await expect(checkParity({ ...options, runtimes: [onnxruntimeNode, clamped] })).rejects.toMatchObject({
    code: "PARITY_FAILED",
  });
});

test("one runtime, no rows and ragged rows are no comparison", async () => {
  for (const wrong of [
    { runtimes: [onnxruntimeNode] },
    { runtimes: [onnxruntimeNode, onnxruntimeNode] },
    { heldOut: new Float32Array(0) },
    { heldOut: new Float32Array(1153) },
  ]) {
    await expect(checkParity({ ...options, ...wrong })).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  }
});

test("a report with NaN does not pass", async () => {
  const report = await checkParity(options);
  expect(() => requireParity({ ...report, maxProbabilityDifference: NaN })).toThrow("PARITY_FAILED");
  expect(() => requireParity(report)).not.toThrow();
});
