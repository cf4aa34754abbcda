import { graphBuilder, interpret, type OnnxModel } from "@tideline/graph";
import type { Signals } from "@tideline/spec";
import { expect, test } from "vitest";
import { seededRandom } from "../../random.ts";
import { lowerSignals } from "../../signal.ts";
import { largestDifference } from "../../testing/largest-difference.ts";
import { windowFeatures, windowFeaturesOf } from "./signal-features.ts";
import { signalWindows } from "./signal-window.ts";

const channels = ["ax", "ay", "az", "gx", "gy"];
const signals: Signals = {
  channels,
  derived: { acc: ["ax", "ay", "az"], gyro: ["gx", "gy"], one: ["gx"] },
  features: [
    {
      kind: "statistics",
      channels: ["gy", "acc", "one"],
      statistics: ["min", "mean", "log_jerk", "log_std", "max", "mean_absolute_deviation"],
    },
    { kind: "spectrum", channels: ["acc", "ax", "gy"], edges: [0, 1, 3, 9], taper: "hann" },
    { kind: "correlation", pairs: [["ax", "gyro"]] },
    { kind: "spectrum", channels: ["gyro"], edges: [2, 4], taper: "hann" },
    {
      kind: "statistics",
      channels: ["az", "acc"],
      statistics: ["std", "rms", "range", "skewness", "kurtosis"],
    },
  ],
};
const random = seededRandom(4);
const windowsOf = (count: number, size: number) =>
  Float32Array.from({ length: count * size * 5 }, (_, at) => Math.sin(at / 7) + random.normal() + (at % 5));

function byGraph(
  windows: Float32Array,
  size: number,
  of: Signals,
): { model: OnnxModel; values: ArrayLike<number> } {
  const g = graphBuilder("features");
  const { features } = lowerSignals(g, g.input("window", "float32", ["N", size, of.channels.length]), of);
  g.output("features", features);
  const model = g.build();
  const dims = [windows.length / size / of.channels.length, size, of.channels.length];
  const input = { elementType: "float32" as const, dims, values: windows };
  return { model, values: interpret(model, { window: input })["features"]!.values as ArrayLike<number> };
}

test("TypeScript and WebAssembly give what the graph gives, of any size", () => {
  for (const size of [16, 32, 18, 21, 64]) {
    const windows = windowsOf(9, size);
    const wanted = byGraph(windows, size, signals).values;
    const made = windowFeatures(windows, size, signals);
    expect(largestDifference(made.values, wanted)).toBeLessThan(2e-5);
    const plain = signalWindows(size, signals, "typescript");
    const out = new Float64Array(made.values.length);
    for (let n = 0; n < 9; n++) plain.write(windows, n * size * 5, out, n * plain.width);
    expect(largestDifference(out, made.values)).toBeLessThan(1e-11);
    const fast = signalWindows(size, signals).kernel;
    expect(fast).toBe((size & (size - 1)) === 0 ? "webassembly" : "typescript");
  }
});

test("float64 windows, windows in any order and those beyond what is copied at once are the same", () => {
  const size = 32;
  const windows = windowsOf(300, size);
  const { values } = windowFeatures(windows, size, signals);
  expect(windowFeatures(Float64Array.from(windows), size, signals).values).toEqual(values);
  const kept = windowFeatures(windows, size, signals, { keep: "float32" }).values;
  expect(kept).toEqual(Float32Array.from(values));
  const one = signalWindows(size, signals);
  const out = new Float64Array(one.width);
  for (const n of [299, 0, 150, 149, 298]) {
    one.write(windows, n * size * 5, out, 0);
    expect(out).toEqual(values.slice(n * one.width, (n + 1) * one.width));
  }
});

test("what is no number is lost nowhere", () => {
  const windows = windowsOf(1, 16);
  windows[4 * 5 + 4] = Number.NaN;
  for (const kernel of ["typescript", "webassembly"] as const) {
    const one = signalWindows(16, signals, kernel);
    const out = new Float64Array(one.width);
    one.write(windows, 0, out, 0);
    // Channel gy: least, mean, jerk, spread, most, deviation; the others of the same statistic stay.
    expect([0, 3, 6, 9, 12, 15].map((at) => Number.isNaN(out[at]!))).toEqual(Array(6).fill(true));
    expect(Number.isFinite(out[1]!)).toBe(true);
  }
});

test("values that are no whole windows, and unknown channels, are refused", () => {
  expect(() => windowFeatures(new Float32Array(81), 16, signals)).toThrow("ARGUMENT_INVALID");
  const wrong: Signals = { ...signals, features: [{ kind: "correlation", pairs: [["ax", "no"]] }] };
  expect(() => windowFeatures(new Float32Array(80), 16, wrong)).toThrow("FEATURE_ILLEGAL");
});

test("a ring buffer that is filled anew gives the features of what it holds now", () => {
  for (const kernel of ["webassembly", "typescript"] as const) {
    const ring = windowsOf(1, 16);
    const one = signalWindows(16, signals, kernel);
    const out = new Float64Array(one.width);
    one.write(ring, 0, out, 0);
    ring.set(windowsOf(1, 16).map((value) => 3 * value));
    one.write(ring, 0, out, 0);
    expect([...out]).toEqual([...windowFeaturesBy(ring, kernel)]);
    const wholes = [0, 1].map(() => {
      ring.reverse();
      one.writerOf(ring)(0, out, 0);
      return out.slice();
    });
    expect([...wholes[1]!]).toEqual([...windowFeaturesBy(ring, kernel)]);
    expect([...wholes[0]!]).not.toEqual([...wholes[1]!]);
  }
});

function windowFeaturesBy(window: Float32Array, kernel: "webassembly" | "typescript"): Float64Array {
  const fresh = signalWindows(16, signals, kernel);
  const out = new Float64Array(fresh.width);
  fresh.write(window, 0, out, 0);
  return out;
}

test("windows in pieces have the features that they have together, and a source may fill one array anew", async () => {
  const whole = windowsOf(7, 32);
  const { names, values } = windowFeatures(whole, 32, signals, { keep: "float32" });
  const room = new Float32Array(3 * 32 * 5);
  function* pieces(): Generator<Float32Array> {
    for (let from = 0; from < whole.length; from += room.length) {
      const piece = whole.subarray(from, from + room.length);
      room.set(piece);
      yield room.subarray(0, piece.length);
    }
  }
  const made: number[] = [];
  for await (const piece of windowFeaturesOf(pieces(), 32, signals, { keep: "float32" })) {
    expect(piece.names).toEqual(names);
    made.push(...piece.values);
  }
  expect(made).toEqual([...values]);
  await expect(windowFeaturesOf([new Float32Array(31)], 32, signals).next()).rejects.toThrow(
    /^windowFeaturesOf: windows: expected windows of 160/,
  );
});
