import { checkModel, graphBuilder, interpret, writeOnnx, type OnnxModel } from "@tideline/graph";
import { isTidelineError, type SignalFeature, type Signals } from "@tideline/spec";
import * as node from "onnxruntime-node";
import * as web from "onnxruntime-web";
import { beforeAll, describe, expect, test } from "vitest";
import { lowerSignals } from "./signal.ts";

const SIZE = 128;
const CHANNELS = ["body_acc_x", "body_acc_y", "body_acc_z", "gyro_x", "gyro_y", "gyro_z", "gravity_x"];
const SIGNALS: Signals = {
  channels: CHANNELS,
  derived: {
    body_acc_magnitude: ["body_acc_x", "body_acc_y", "body_acc_z"],
    gyro_magnitude: ["gyro_x", "gyro_y", "gyro_z"],
  },
  features: [
    {
      kind: "statistics",
      channels: [...CHANNELS, "gyro_magnitude"],
      statistics: ["mean", "log_std", "max", "min", "log_jerk", "mean_absolute_deviation"],
    },
    { kind: "statistics", channels: ["body_acc_magnitude"], statistics: ["log_std", "mean"] },
    {
      kind: "statistics",
      channels: ["gyro_z", "body_acc_x"],
      statistics: ["std", "rms", "range", "skewness", "kurtosis"],
    },
    {
      kind: "spectrum",
      channels: ["gyro_y", "body_acc_magnitude"],
      edges: [1, 2, 3, 5, 8, 16, 32, 65],
      taper: "hann",
    },
    {
      kind: "spectrum",
      channels: [...CHANNELS, "body_acc_magnitude", "gyro_magnitude"],
      edges: [0, 1, 4],
      taper: "hann",
    },
    {
      kind: "correlation",
      pairs: [
        ["body_acc_x", "body_acc_y"],
        ["gyro_magnitude", "gravity_x"],
      ],
    },
  ],
};

/** A repeatable stream of numbers in [0, 1): mulberry32. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Windows as phones make them: an offset, a gait of some strength and frequency, noise; some lie still. */
function makeWindows(count: number): Float32Array {
  const next = numbers(7);
  const values: number[] = [];
  for (let n = 0; n < count; n++) {
    const strength = n % 4 === 0 ? 0.002 : next() * 2;
    const bin = 1 + 12 * next();
    const channels = CHANNELS.map(() => ({ offset: 2 * next() - 1, phase: 2 * Math.PI * next() }));
    for (let t = 0; t < SIZE; t++)
      for (const { offset, phase } of channels) {
        const wave = Math.sin((2 * Math.PI * bin * t) / SIZE + phase);
        values.push(offset + strength * (wave + 0.4 * (next() - 0.5)));
      }
  }
  return Float32Array.from(values);
}

const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
const centred = (list: readonly number[]): number[] => list.map((x) => x - mean(list));
const meanSquare = (list: readonly number[]): number => mean(list.map((x) => x * x));

const STATISTICS: Record<string, (x: readonly number[]) => number> = {
  mean,
  log_std: (x) => Math.log(Math.sqrt(meanSquare(centred(x)) + 1e-8) + 1e-3),
  max: (x) => Math.max(...x),
  min: (x) => Math.min(...x),
  log_jerk: (x) => Math.log(Math.sqrt(meanSquare(x.slice(1).map((v, t) => v - x[t]!)) + 1e-12) + 1e-3),
  mean_absolute_deviation: (x) => mean(centred(x).map(Math.abs)),
  std: (x) => Math.sqrt(meanSquare(centred(x))),
  rms: (x) => Math.sqrt(meanSquare(x)),
  range: (x) => Math.max(...x) - Math.min(...x),
  skewness: (x) => mean(centred(x).map((v) => v ** 3)) / (meanSquare(centred(x)) + 1e-8) ** 1.5,
  kurtosis: (x) => mean(centred(x).map((v) => v ** 4)) / (meanSquare(centred(x)) + 1e-8) ** 2 - 3,
};

function spectrumOf(x: readonly number[]): number[] {
  const tapered = centred(x).map((v, t) => v * (0.5 - 0.5 * Math.cos((2 * Math.PI * t) / x.length)));
  return Array.from({ length: x.length / 2 + 1 }, (_, bin) => {
    const re = tapered.reduce((sum, v, t) => sum + v * Math.cos((2 * Math.PI * bin * t) / x.length), 0);
    const im = tapered.reduce((sum, v, t) => sum - v * Math.sin((2 * Math.PI * bin * t) / x.length), 0);
    return (re * re + im * im) / x.length;
  });
}

/** The definition, written down a second time: one window, one channel, one feature at a time, in double precision. */
function direct(feature: SignalFeature, channel: (name: string) => readonly number[]): [string, number][] {
  if (feature.kind === "statistics")
    return feature.statistics.flatMap((name) =>
      feature.channels.map((c): [string, number] => [`${c}.${name}`, STATISTICS[name]!(channel(c))]),
    );
  if (feature.kind === "spectrum")
    return feature.channels.flatMap((c) => {
      const power = spectrumOf(channel(c));
      return feature.edges.slice(1).map((end, b): [string, number] => {
        const sum = power.slice(feature.edges[b], end).reduce((a, p) => a + p, 0);
        return [`${c}.band_${feature.edges[b]}_${end}`, Math.log(sum + 1e-4)];
      });
    });
  return feature.pairs.map(([left, right]): [string, number] => {
    const [a, b] = [centred(channel(left)), centred(channel(right))];
    const deviation = (x: readonly number[]): number => Math.sqrt(meanSquare(x) + 1e-6);
    return [`${left}~${right}.correlation`, mean(a.map((x, t) => x * b[t]!)) / (deviation(a) * deviation(b))];
  });
}

function directFeatures(values: Float32Array, n: number): Map<string, number> {
  const own = (name: string): number[] =>
    Array.from(
      { length: SIZE },
      (_, t) => values[(n * SIZE + t) * CHANNELS.length + CHANNELS.indexOf(name)]!,
    );
  const channel = (name: string): number[] => {
    const parts = SIGNALS.derived[name];
    if (parts === undefined) return own(name);
    return Array.from({ length: SIZE }, (_, t) =>
      Math.sqrt(parts.reduce((sum, p) => sum + own(p)[t]! ** 2, 0) + 1e-8),
    );
  };
  return new Map(SIGNALS.features.flatMap((feature) => direct(feature, channel)));
}

function lower(signals: Signals): { readonly model: OnnxModel; readonly names: readonly string[] } {
  const g = graphBuilder("signals");
  const { features, names } = lowerSignals(
    g,
    g.input("window", "float32", ["N", SIZE, signals.channels.length]),
    signals,
  );
  g.output("features", features);
  return { model: g.build(), names };
}

describe("lowered signals", () => {
  const COUNT = 40;
  const values = makeWindows(COUNT);
  const { model, names } = lower(SIGNALS);
  const expected = Array.from({ length: COUNT }, (_, n) => directFeatures(values, n));
  const scale = new Map(
    names.map((name) => {
      const column = expected.map((row) => row.get(name)!);
      return [name, Math.sqrt(meanSquare(centred(column)))];
    }),
  );

  beforeAll(() => {
    web.env.wasm.numThreads = 1;
  });

  /** The largest deviation from the definition, in units of each feature's own standard deviation. */
  function worst(actual: ArrayLike<number>): number {
    expect(actual.length).toBe(COUNT * names.length);
    return Math.max(
      ...expected.flatMap((row, n) =>
        names.map(
          (name, f) =>
            (Math.abs(actual[n * names.length + f]! - row.get(name)!) / scale.get(name)!) *
            // Cubes and fourth powers of float32 nearly cancel: a digit less.
            (/skewness|kurtosis/.test(name) ? 0.1 : 1),
        ),
      ),
    );
  }

  test("names every column once, in the order of the definition", () => {
    expect(names).toEqual([...expected[0]!.keys()]);
    expect(names.slice(0, 2)).toEqual(["body_acc_x.mean", "body_acc_y.mean"]);
    expect(names).toContain("body_acc_magnitude.band_1_2");
    expect(names.at(-2)).toBe("body_acc_x~body_acc_y.correlation");
  });

  test("is a legal graph of a few dozen nodes, whatever the number of channels", () => {
    expect(checkModel(model).get("features")?.dims).toEqual(["N", names.length]);
    expect(model.graph.nodes.length).toBeLessThan(75);
    expect(writeOnnx(lower(SIGNALS).model)).toEqual(writeOnnx(model));
  });

  test("means what the definition says, through the reference kernels", () => {
    const few = 2;
    const feed = {
      dims: [few, SIZE, CHANNELS.length],
      values: values.subarray(0, few * SIZE * CHANNELS.length),
    };
    const actual = interpret(model, { window: feed })["features"]!.values;
    for (let n = 0; n < few; n++)
      for (const [f, name] of names.entries())
        expect(
          Math.abs(actual[n * names.length + f]! - expected[n]!.get(name)!) / scale.get(name)!,
          name,
        ).toBeLessThan(/skewness|kurtosis/.test(name) ? 1e-4 : 1e-5);
  });

  test("agrees in onnxruntime-node within 1e-5 of each feature's scale", async () => {
    const session = await node.InferenceSession.create(writeOnnx(model));
    const window = new node.Tensor("float32", values, [COUNT, SIZE, CHANNELS.length]);
    const { features } = await session.run({ window });
    expect(worst(features!.data as Float32Array)).toBeLessThan(1e-5);
  });

  test("agrees in onnxruntime-web within 1e-5 of each feature's scale", async () => {
    const session = await web.InferenceSession.create(writeOnnx(model));
    const window = new web.Tensor("float32", values, [COUNT, SIZE, CHANNELS.length]);
    const { features } = await session.run({ window });
    expect(worst(features!.data as Float32Array)).toBeLessThan(1e-5);
  });
});

test("of a channel with a missing sample the definition has nothing, and ONNX Runtime its extremes alone", async () => {
  const everything = ["mean", "log_std", "log_jerk", "mean_absolute_deviation", "std", "rms"] as const;
  const extremes = ["max", "min", "range"] as const;
  const { model, names } = lower({
    channels: ["x", "y"],
    derived: { both: ["x", "y"] },
    features: [
      {
        kind: "statistics",
        channels: ["x", "y", "both"],
        statistics: [...everything, "skewness", "kurtosis", ...extremes],
      },
      { kind: "spectrum", channels: ["x", "y"], edges: [1, 2, 5], taper: "hann" },
      { kind: "correlation", pairs: [["x", "y"]] },
    ],
  });
  const next = numbers(3);
  const values = Float32Array.from({ length: SIZE * 2 }, () => next() - 0.5);
  values[2 * 40] = Number.NaN;
  const dims = [1, SIZE, 2];
  const known = (found: ArrayLike<number>): readonly string[] =>
    names.filter((_, f) => !Number.isNaN(found[f]!));
  const ofY = names.filter((name) => name.startsWith("y."));
  expect(known(interpret(model, { window: { dims, values } })["features"]!.values)).toEqual(ofY);
  const session = await node.InferenceSession.create(writeOnnx(model));
  const { features } = await session.run({ window: new node.Tensor("float32", values, dims) });
  const kept = ["x", "both"].flatMap((channel) => extremes.map((name) => `${channel}.${name}`));
  expect(new Set(known(features!.data as Float32Array))).toEqual(new Set([...ofY, ...kept]));
});

describe("signals that cannot be lowered", () => {
  const statistics = (channels: string[]): SignalFeature => ({
    kind: "statistics",
    channels,
    statistics: ["mean"],
  });
  const spectrum = (edges: number[]): SignalFeature => ({
    kind: "spectrum",
    channels: ["x"],
    edges,
    taper: "hann",
  });
  test.each<[string, Partial<Signals>, RegExp]>([
    ["an unknown channel", { features: [statistics(["z"])] }, /channel among x, y, received "z"/],
    ["an unknown part", { derived: { m: ["x", "w"] } }, /derived\.m.*"w"/],
    ["a derived name in use", { derived: { x: ["y"] } }, /"x" twice/],
    ["a feature given twice", { features: [statistics(["x"]), statistics(["x"])] }, /"x\.mean" twice/],
    ["a band past the last bin", { features: [spectrum([1, 66])] }, /rising bins from 0 to 65/],
    ["edges that fall", { features: [spectrum([4, 2])] }, /rising/],
    ["no channel", { features: [statistics([])] }, /empty list/],
    ["no feature", { features: [] }, /at least one/],
    ["another width", { channels: ["x"], features: [spectrum([0, 2])] }, /\[N, samples, 1\]/],
  ])("%s", (_, change, message) => {
    const g = graphBuilder("signals");
    const window = g.input("window", "float32", ["N", SIZE, 2]);
    let caught: unknown;
    try {
      lowerSignals(g, window, {
        channels: ["x", "y"],
        derived: {},
        features: [statistics(["x"])],
        ...change,
      });
    } catch (error) {
      caught = error;
    }
    expect(isTidelineError(caught, "FEATURE_ILLEGAL")).toBe(true);
    expect((caught as Error).message).toMatch(message);
  });
});
