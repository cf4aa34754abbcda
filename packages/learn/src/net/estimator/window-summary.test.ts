import { interpret } from "@tideline/graph";
import { expect, test } from "vitest";
import { matrix } from "../../matrix.ts";
import { inferenceGraph } from "../inference-graph.ts";
import { channelsFirst } from "../layer/channel-order.ts";
import { sequential } from "../layer/sequential.ts";
import type { Layer } from "../net.ts";
import { netOf, normals } from "../testing/run-net.ts";
import { conv1d } from "./conv1d.ts";
import { vectorLengths } from "./vector-length.ts";
import { windowSpectrum } from "./window-spectrum.ts";
import { centredWindow, windowStatistics } from "./window-statistic.ts";

/** What a layer without parameters makes of one row, by the reference kernels. */
function through(layer: Layer, dims: readonly number[], values: ArrayLike<number>): number[] {
  const none = { parameters: new Float32Array(0), state: new Float32Array(0) };
  const model = inferenceGraph(netOf(dims, layer), none, { activation: "none" });
  return [...interpret(model, { x: { dims: [1, ...dims], values } })["scores"]!.values].map(Number);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const all = (values: readonly number[], expected: readonly number[], digits = 5) => {
  expect(values).toHaveLength(expected.length);
  for (const [at, value] of values.entries())
    expect(value, `number ${at}`).toBeCloseTo(expected[at]!, digits);
};

test("statistics are those of the window, kind after kind", () => {
  const channels = [[...normals(9, 1)], [...normals(9, 2)].map((value) => 3 + 5 * value), Array(9).fill(2)];
  const far = (values: readonly number[]) => values.map((value) => Math.abs(value - mean(values)));
  const steps = (values: readonly number[]) =>
    values.slice(1).map((value, at) => Math.abs(value - values[at]!));
  const expected = [
    (values: readonly number[]) => mean(values),
    (values: readonly number[]) => Math.min(...values),
    (values: readonly number[]) => Math.max(...values),
    (values: readonly number[]) => Math.log(Math.sqrt(mean(far(values).map((one) => one * one))) + 0.01),
    (values: readonly number[]) => Math.log(mean(far(values)) + 0.01),
    (values: readonly number[]) => Math.log(mean(steps(values)) + 0.01),
  ].flatMap((statistic) => channels.map(statistic));
  all(through(windowStatistics(), [3, 9], channels.flat()), expected);
});

test("a wave stands at its own frequency, wherever in the window it begins and however high its level", () => {
  const samples = 32;
  const wave = (begin: number) =>
    Array.from({ length: samples }, (_, at) => 7 + 2 * Math.sin((2 * Math.PI * 5 * at) / samples + begin));
  const [early, late] = [0, 1.3].map((begin) => through(windowSpectrum(), [1, samples], wave(begin)));
  expect(early).toHaveLength(16);
  expect(early!.indexOf(Math.max(...early!))).toBe(4);
  expect(Math.abs(early![4]! - late![4]!)).toBeLessThan(0.05);
  // Hamming's window hears the two neighbours and nothing further off than 40 dB below.
  expect(early![4]! - early![8]!).toBeGreaterThan(Math.log(1e3));
});

test("noise of deviation 1 has power 1", () => {
  const powers = Array.from({ length: 200 }, (_, seed) =>
    mean(through(windowSpectrum(), [1, 16], normals(16, seed + 1)).map(Math.exp)),
  );
  expect(mean(powers)).toBeGreaterThan(0.85);
  expect(mean(powers)).toBeLessThan(1.1);
});

test("a centred window keeps its form and loses its level", () => {
  all(through(centredWindow(), [2, 3], [1, 2, 3, 10, 10, 40]), [-1, 0, 1, -10, -10, 20]);
});

test("lengths of vectors follow the channels, in the graph as in rows", () => {
  const { layer, of } = vectorLengths("test", 4, [[0, 1], [3]]);
  const rows = [3, 4, 9, -2, 0, 0, 1, 5];
  const wide = [3, 4, 9, -2, 5, 2, 0, 0, 1, 5, 0, 5];
  all([...of(matrix(1, 8, Float32Array.from(rows))).values], wide);
  all(through(layer, [2, 4], rows), wide);
  all(through(sequential(layer, channelsFirst()), [2, 4], rows), [3, 0, 4, 0, 9, 1, -2, 5, 5, 0, 2, 5]);
});

test.each([
  [{ vectors: [[]] }, /vectors: expected at least one channel in each/],
  [{ vectors: [[0, 3]] }, /vectors: expected channels in 0\.\.2, received 3/],
  [{ shape: [1, 3] as const }, /shape: expected at least 2 samples/],
  [{ size: [3] }, /size: expected 2 numbers, one for each, received 1/],
  [{ pool: "last" as "max" }, /pool: expected one of mean, max, both/],
])("conv1d refuses what makes no sense (%#)", (options, says) => {
  expect(() => conv1d({ shape: [12, 3], ...options })).toThrow(says);
});
