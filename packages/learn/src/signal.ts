import type { GraphBuilder, Value } from "@tideline/graph";
import type { SignalFeature, Signals } from "@tideline/spec";
import { illegalSignal, signalSeries, type SignalSeries } from "./signal-series.ts";

type FeatureOf<Kind extends SignalFeature["kind"]> = Extract<SignalFeature, { readonly kind: Kind }>;

/** Named columns of a block `[N, columns]`. */
interface Block {
  readonly value: Value;
  /** Each feature's name and its column in the block. */
  readonly columns: readonly (readonly [name: string, column: number])[];
}

/** A statistic is one block over all channels; the features asked for are some of its columns. */
function lowerStatistics(series: SignalSeries, feature: FeatureOf<"statistics">): Block[] {
  return feature.statistics.map((statistic) => ({
    value: series.statistic(statistic),
    columns: feature.channels.map((channel) => [`${channel}.${statistic}`, series.position(channel)]),
  }));
}

/**
 * The matrices of a spectrum of `size` samples, row-major. `waves` `[2 * bins, size]`: cosines, then sines, of the
 * bins from the first edge on, each under a periodic Hann taper. `bands` `[bands, 2 * bins]`: which squares a band
 * adds up, over `size`.
 */
function spectrumMatrices(
  size: number,
  edges: readonly number[],
): { waves: Float32Array; bands: Float32Array } {
  const first = edges[0]!;
  const bins = edges.at(-1)! - first;
  const waves = new Float32Array(2 * bins * size);
  const bands = new Float32Array((edges.length - 1) * 2 * bins);
  const taper = (t: number): number => 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / size);
  for (let row = 0; row < 2 * bins; row++) {
    const bin = first + (row % bins);
    const wave = row < bins ? Math.cos : Math.sin;
    // A row that sums to zero says the same of a centred series, and forgives the rounding of its mean in float32.
    const own = Float64Array.from(
      { length: size },
      (_, t) => taper(t) * wave((2 * Math.PI * ((bin * t) % size)) / size),
    );
    const mean = own.reduce((sum, value) => sum + value, 0) / size;
    waves.set(
      own.map((value) => value - mean),
      row * size,
    );
    const band = edges.findLastIndex((edge) => edge <= bin);
    bands[band * 2 * bins + row] = 1 / size;
  }
  return { waves, bands };
}

/** The channels as `[N, size, chosen]`, without a Gather when they are all there already. */
function pick(g: GraphBuilder, series: Value, positions: readonly number[]): Value {
  const all = positions.length === series.dims[2] && positions.every((position, index) => position === index);
  return all ? series : g.op("Gather", [series, g.ints(positions)], { axis: 2 });
}

function lowerSpectrum(g: GraphBuilder, series: SignalSeries, feature: FeatureOf<"spectrum">): Block[] {
  const { channels, edges } = feature;
  const last = Math.floor(series.size / 2) + 1;
  const rising = edges.every(
    (edge, b) => Number.isInteger(edge) && edge >= (b === 0 ? 0 : edges[b - 1]! + 1),
  );
  if (edges.length < 2 || !rising || edges.at(-1)! > last)
    throw illegalSignal("edges", `two or more rising bins from 0 to ${last}`, `[${edges.join(", ")}]`);
  if (feature.taper !== "hann") throw illegalSignal("taper", '"hann"', `"${String(feature.taper)}"`);
  const { waves, bands } = spectrumMatrices(series.size, edges);
  const rows = waves.length / series.size;
  const count = edges.length - 1;
  const chosen = pick(
    g,
    series.centred(),
    channels.map((channel) => series.position(channel)),
  );
  const parts = g.op("MatMul", [g.constant(waves, [rows, series.size]), chosen]);
  const power = g.op("MatMul", [g.constant(bands, [count, rows]), g.op("Mul", [parts, parts])]);
  const value = g.op("Log", [g.op("Add", [power, g.scalar(1e-4)])]);
  const columns = channels.flatMap((channel, c) =>
    edges
      .slice(1)
      .map((edge, b) => [`${channel}.band_${edges[b]}_${edge}`, b * channels.length + c] as const),
  );
  return [{ value: g.op("Reshape", [value, g.ints([0, -1])]), columns }];
}

function lowerCorrelation(
  g: GraphBuilder,
  series: SignalSeries,
  { pairs }: FeatureOf<"correlation">,
): Block[] {
  const deviation = g.op("Sqrt", [g.op("Add", [series.variance(), g.scalar(1e-6)])]);
  const sides = [0, 1].map((side) => g.ints(pairs.map((pair) => series.position(pair[side]!))));
  const product = (x: Value, axis: number): Value => {
    const [left, right] = sides.map((side) => g.op("Gather", [x, side], { axis }));
    return g.op("Mul", [left, right]);
  };
  const covariance = g.op("ReduceMean", [product(series.centred(), 2), g.ints([1])], { keepdims: 0 });
  return [
    {
      value: g.op("Div", [covariance, product(deviation, 1)]),
      columns: pairs.map(([left, right], p) => [`${left}~${right}.correlation`, p]),
    },
  ];
}

function lowerFeature(g: GraphBuilder, series: SignalSeries, feature: SignalFeature): Block[] {
  const lists: (readonly unknown[])[] = feature.kind === "correlation" ? [feature.pairs] : [feature.channels];
  if (feature.kind === "statistics") lists.push(feature.statistics);
  if (lists.some((list) => list.length === 0))
    throw illegalSignal("features", `a ${feature.kind} feature of something`, "an empty list");
  switch (feature.kind) {
    case "statistics":
      return lowerStatistics(series, feature);
    case "spectrum":
      return lowerSpectrum(g, series, feature);
    case "correlation":
      return lowerCorrelation(g, series, feature);
  }
}

/** The features on the graph, and the name of each column. */
export interface LoweredSignals {
  /** `[N, F]`, float32. */
  readonly features: Value;
  /** The `F` names, as `body_acc_x.mean`, `body_acc_magnitude.band_1_2` or `body_acc_x~body_acc_y.correlation`. */
  readonly names: readonly string[];
}

/**
 * Lowers the signal features of a model to a graph over windows `[N, samples, channels]` in float32.
 *
 * With `m` the mean over the window's `T` samples and `x` a channel: `mean`, `max`, `min`; `log_std` is
 * `log(sqrt(mean((x - m)^2) + 1e-8) + 1e-3)`; `log_jerk` is `log(sqrt(mean(d^2) + 1e-12) + 1e-3)` of the first
 * differences `d`; `mean_absolute_deviation` is `mean(|x - m|)`; `std`
 * is `sqrt(v)` with `v = mean((x - m)^2)`, `rms` is `sqrt(mean(x^2))`, `range` is `max - min`, `skewness` is
 * `mean((x - m)^3) / (v + 1e-8)^1.5` and `kurtosis` is `mean((x - m)^4) / (v + 1e-8)^2 - 3`. A derived channel is `sqrt(sum(x^2) + 1e-8)`, sample by
 * sample. A band of a spectrum is `log(sum((re^2 + im^2) / T) + 1e-4)` over its DFT bins of `(x - m) * hann`, with the
 * periodic taper `hann(t) = 0.5 - 0.5 cos(2 pi t / T)`. A correlation is `mean((a - ma)(b - mb)) / (sd(a) sd(b))` with
 * `sd(x) = sqrt(mean((x - m)^2) + 1e-6)`.
 *
 * Of a channel with a sample that is NaN every feature is NaN, as `windowFeatures` has it. ONNX Runtime alone gives `max`, `min` and
 * `range` of the other samples: its ReduceMax and ReduceMin pass over NaN unless it comes first, and what would keep it costs every
 * window. No such window reaches a model by itself: a phone leaves out readings that are no numbers and a server refuses them.
 * Fill in windows that come from elsewhere.
 *
 * Columns follow the features as written; within one, statistic by statistic, or channel by channel for a spectrum.
 * Every node serves all channels at once, so a phone runs a few dozen nodes and not a few hundred.
 *
 * @throws FEATURE_ILLEGAL for an unknown channel or statistic, a name given twice, or bands out of range.
 *
 * @example
 * const window = g.input("window", "float32", ["N", 128, 9]);
 * const { features, names } = lowerSignals(g, window, signals);
 */
export function lowerSignals(g: GraphBuilder, window: Value, signals: Signals): LoweredSignals {
  const series = signalSeries(g, window, signals);
  const positions: number[] = [];
  const names: string[] = [];
  const bases = new Map<Value, number>();
  let width = 0;
  for (const block of signals.features.flatMap((feature) => lowerFeature(g, series, feature))) {
    const base = bases.get(block.value) ?? width;
    if (!bases.has(block.value)) {
      bases.set(block.value, base);
      width += Number(block.value.dims[1]);
    }
    for (const [name, column] of block.columns) {
      names.push(name);
      positions.push(base + column);
    }
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw illegalSignal("features", "each feature once", `"${repeated}" twice`);
  if (names.length === 0) throw illegalSignal("features", "at least one", "none");
  const blocks = g.op("Concat", [...bases.keys()], { axis: 1 });
  return Object.freeze({
    features: g.op("Gather", [blocks, g.ints(positions)], { axis: 1 }),
    names: Object.freeze(names),
  });
}
