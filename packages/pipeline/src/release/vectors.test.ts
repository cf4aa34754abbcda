import { float32Values } from "@tideline/graph";
import { expect, test } from "vitest";
import { onnxruntimeNode, onnxruntimeWeb } from "../runtime/index.ts";
import { sampleModel, sampleOracle, type SampleFault } from "../runtime/testing/sample-model.ts";
import { sampleWindow } from "./testing/sample-release.ts";
import { encodeVectors, makeVectors, syntheticWindows, VECTOR_COUNT } from "./vectors.ts";

const options = { bytes: sampleModel(), window: sampleWindow, input: "window", output: "probabilities" };

/** Largest difference that a phone's self-test would see. */
async function selfTest(bytes: Uint8Array, runtime = onnxruntimeWeb): Promise<number> {
  const vectors = JSON.parse(new TextDecoder().decode(encodeVectors(await makeVectors(options)))) as Awaited<
    ReturnType<typeof makeVectors>
  >;
  const graph = await runtime.load(bytes);
  let most = 0;
  for (const [index, window] of vectors.windows.entries()) {
    const given = { window: { dims: [1, 128, 9], values: Float32Array.from(window) } };
    const values = float32Values(await graph.run(given, ["probabilities"]), "probabilities");
    for (const [label, value] of values.entries()) {
      most = Math.max(most, Math.abs(value - vectors.probabilities[index]![label]!));
    }
  }
  await graph.release();
  return most;
}

test("a seed gives the same windows each time, another seed others; all are finite and unlike one another", () => {
  const windows = syntheticWindows(sampleWindow);
  expect(windows).toHaveLength(VECTOR_COUNT);
  expect(syntheticWindows(sampleWindow)).toEqual(windows);
  expect(syntheticWindows(sampleWindow, 2)).not.toEqual(windows);
  expect(new Set(windows.map((window) => JSON.stringify(window))).size).toBe(VECTOR_COUNT);
  for (const window of windows) {
    expect(window).toHaveLength(128 * 9);
    expect(window.every((value) => Number.isFinite(value) && !Object.is(value, -0))).toBe(true);
  }
});

test("gravity is about one g and nearly constant, so a window looks like one of a phone at rest", () => {
  for (const window of syntheticWindows(sampleWindow)) {
    const at = (sample: number) => Math.hypot(...[3, 4, 5].map((channel) => window[sample * 9 + channel]!));
    expect(at(0)).toBeGreaterThan(0.7);
    expect(at(0)).toBeLessThan(1.3);
    expect(Math.abs(at(0) - at(127))).toBeLessThan(0.4);
  }
});

test("the probabilities are those of the reference interpreter", async () => {
  const { windows, probabilities } = await makeVectors(options);
  const oracle = sampleOracle(options.bytes, Float32Array.from(windows.flat())).values;
  probabilities.flat().forEach((value, index) => expect(value).toBeCloseTo(oracle[index]!, 6));
});

test("the right model passes on another runtime, well within the tolerance", async () => {
  const { tolerance } = await makeVectors(options);
  expect(await selfTest(options.bytes)).toBeLessThan(tolerance / 10);
});

test.each<[string, SampleFault]>([
  ["a weight off by a tenth", { weight: 0.1 }],
  ["two channels in each other's place", { swapped: [0, 1] }],
])("%s is beyond the tolerance", async (_, fault) => {
  const { tolerance } = await makeVectors(options);
  expect(await selfTest(sampleModel(0, fault), onnxruntimeNode)).toBeGreaterThan(tolerance);
});
