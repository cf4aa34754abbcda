import type { SignalFeature, Signals, Statistic } from "@tideline/spec";
import { illegalSignal } from "../../signal-series.ts";
import { PAIR_SUMS, SUM, typescriptSignalKernel, type SignalKernel } from "./kernel/signal-kernel.ts";
import { wasmSignalKernel } from "./kernel/wasm-signal.ts";

/** Numbers to write to. */
type Floats = Float64Array | Float32Array;

const logRoot = (x: number, floor: number): number => Math.log(Math.sqrt(x + floor) + 1e-3);

/** Each statistic of the sums of a channel, which lie at `at` and on, two apart; the formulas are those of `lowerSignals`. */
const STATISTICS: Readonly<Record<Statistic, (sums: Float64Array, at: number) => number>> = {
  mean: (sums, at) => sums[at + 2 * SUM.mean]!,
  log_std: (sums, at) => logRoot(sums[at + 2 * SUM.squares]!, 1e-8),
  max: (sums, at) => sums[at + 2 * SUM.most]!,
  min: (sums, at) => sums[at + 2 * SUM.least]!,
  log_jerk: (sums, at) => logRoot(sums[at + 2 * SUM.steps]!, 1e-12),
  mean_absolute_deviation: (sums, at) => sums[at + 2 * SUM.absolute]!,
  std: (sums, at) => Math.sqrt(sums[at + 2 * SUM.squares]!),
  rms: (sums, at) => Math.sqrt(sums[at + 2 * SUM.squares]! + sums[at + 2 * SUM.mean]! ** 2),
  range: (sums, at) => sums[at + 2 * SUM.most]! - sums[at + 2 * SUM.least]!,
  skewness: (sums, at) => sums[at + 2 * SUM.cubes]! / (sums[at + 2 * SUM.squares]! + 1e-8) ** 1.5,
  kurtosis: (sums, at) => sums[at + 2 * SUM.fourths]! / (sums[at + 2 * SUM.squares]! + 1e-8) ** 2 - 3,
};

/** Writes features of the window that the kernel has read. */
type Writer = (out: Floats, to: number) => void;

/** Features of windows, with work space of their own: one call at a time. */
export interface SignalWindows {
  /** Numbers of a window. */
  readonly width: number;
  readonly kernel: SignalKernel["name"];
  /** Writes the features of the window at `values[from]`, `[size, channels]`, to `out[to]` and on. */
  write(values: Floats, from: number, out: Floats, to: number): void;
  /** The same, faster, for many windows of one array, which must not change as long as the writer is used. */
  writerOf(values: Floats): (from: number, out: Floats, to: number) => void;
}

/** Where a channel lies, derived ones behind the window's own pairs. */
interface Places {
  /** Lane of all pairs: twice the pair, plus the lane in it. */
  lane(channel: string): number;
  readonly pairs: number;
  /** Lanes of derived channels, and of what they are made. */
  readonly groups: readonly { readonly lane: number; readonly of: readonly number[] }[];
}

function placesOf({ channels, derived }: Signals): Places {
  const names = Object.keys(derived);
  const first = 2 * Math.ceil(channels.length / 2);
  const lane = (channel: string): number => {
    const own = channels.indexOf(channel);
    if (own >= 0) return own;
    const made = names.indexOf(channel);
    if (made >= 0) return first + made;
    const known = [...channels, ...names].join(", ");
    throw illegalSignal("features", `a channel among ${known}`, `"${channel}"`);
  };
  const groups = names.map((name) => ({ lane: lane(name), of: derived[name]!.map(lane) }));
  return { lane, pairs: first / 2 + Math.ceil(names.length / 2), groups };
}

/**
 * The signal features of windows of `size` samples in float64: the numbers that `lowerSignals` computes on a graph, in its
 * order. `lowerSignals` refuses what is illegal and names the columns; ask it first.
 */
export function signalWindows(size: number, signals: Signals, kernel?: SignalKernel["name"]): SignalWindows {
  const places = placesOf(signals);
  const { channels, features } = signals;
  const lengths = [size, channels.length, places.pairs] as const;
  const fast = kernel === "typescript" ? undefined : wasmSignalKernel(...lengths);
  const k = fast ?? typescriptSignalKernel(...lengths);
  const spectral = new Set(
    features.flatMap((one) => (one.kind === "spectrum" ? one.channels.map((c) => places.lane(c) >> 1) : [])),
  );
  const pairsOfSpectra = [...spectral];
  let width = 0;
  const writers = features.map((feature): Writer => {
    const start = width;
    const { writer, numbers } = writerOf(feature, size, k, places);
    width += numbers;
    return (out, to) => writer(out, to + start);
  });
  const writeLoaded = (out: Floats, to: number): void => {
    for (const { lane, of } of places.groups) derive(k.series, size, lane, of);
    for (let pair = 0; pair < places.pairs; pair++) k.summarise(pair);
    for (let s = 0; s < pairsOfSpectra.length; s += 2)
      k.transform(pairsOfSpectra[s]!, pairsOfSpectra[s + 1] ?? pairsOfSpectra[s]!);
    for (const writer of writers) writer(out, to);
  };
  return Object.freeze({
    width,
    kernel: k.name,
    write(values: Floats, from: number, out: Floats, to: number) {
      k.load(values, from);
      writeLoaded(out, to);
    },
    writerOf(values: Floats) {
      // A view of its own: what an earlier writer over the same array has read is not taken for this one's.
      const own = values.subarray();
      return (from: number, out: Floats, to: number) => {
        k.loadOfMany(own, from);
        writeLoaded(out, to);
      };
    },
  });
}

/** The place of a lane's first sample: of the pair at `lane >> 1`, `[size, 2]`. */
const startOf = (lane: number, size: number): number => (lane >> 1) * size * 2 + (lane & 1);

/** A magnitude, sample by sample. */
function derive(series: Float64Array, size: number, lane: number, of: readonly number[]): void {
  const to = startOf(lane, size);
  for (let t = 0; t < 2 * size; t += 2) series[to + t] = 1e-8;
  for (const part of of) {
    const from = startOf(part, size);
    for (let t = 0; t < 2 * size; t += 2) series[to + t]! += series[from + t]! * series[from + t]!;
  }
  for (let t = 0; t < 2 * size; t += 2) series[to + t] = Math.sqrt(series[to + t]!);
}

type Of<Kind extends SignalFeature["kind"]> = Extract<SignalFeature, { readonly kind: Kind }>;

interface Written {
  readonly writer: Writer;
  readonly numbers: number;
}

function writerOf(feature: SignalFeature, size: number, kernel: SignalKernel, places: Places): Written {
  switch (feature.kind) {
    case "statistics":
      return statisticsWriter(feature, kernel, places);
    case "spectrum":
      return spectrumWriter(feature, size, kernel, places);
    case "correlation":
      return correlationWriter(feature, size, kernel, places);
  }
}

const sumsAt = (lane: number): number => (lane >> 1) * PAIR_SUMS + (lane & 1);

function statisticsWriter(feature: Of<"statistics">, { sums }: SignalKernel, places: Places): Written {
  const starts = feature.channels.map((channel) => sumsAt(places.lane(channel)));
  const writers = feature.statistics.map((statistic): Writer => {
    const formula = STATISTICS[statistic];
    return (out, to) => {
      for (const at of starts) out[to++] = formula(sums, at);
    };
  });
  const writer: Writer = (out, to) => {
    for (const [s, write] of writers.entries()) write(out, to + s * starts.length);
  };
  return { writer, numbers: starts.length * writers.length };
}

function spectrumWriter(
  { channels, edges }: Of<"spectrum">,
  size: number,
  { power }: SignalKernel,
  places: Places,
): Written {
  const bins = (size >> 1) + 1;
  const starts = channels.map((channel) => startOf(places.lane(channel), bins));
  const ends = Int32Array.from(edges);
  const writer: Writer = (out, to) => {
    for (const at of starts)
      for (let band = 1; band < ends.length; band++) {
        let sum = 1e-4;
        for (let k = at + 2 * ends[band - 1]!; k < at + 2 * ends[band]!; k += 2) sum += power[k]!;
        out[to++] = Math.log(sum);
      }
  };
  return { writer, numbers: starts.length * (ends.length - 1) };
}

function correlationWriter(
  { pairs }: Of<"correlation">,
  size: number,
  { series, sums }: SignalKernel,
  places: Places,
): Written {
  const lanes = pairs.map(([left, right]) => [places.lane(left), places.lane(right)] as const);
  const spread = (lane: number): number => Math.sqrt(sums[sumsAt(lane) + 2 * SUM.squares]! + 1e-6);
  const writer: Writer = (out, to) => {
    for (const [left, right] of lanes) {
      const a = startOf(left, size);
      const b = startOf(right, size);
      let sum = 0;
      for (let t = 0; t < 2 * size; t += 2) sum += series[a + t]! * series[b + t]!;
      out[to++] = sum / size / (spread(left) * spread(right));
    }
  };
  return { writer, numbers: lanes.length };
}
