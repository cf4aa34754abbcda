import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError, type Signals, type Statistic } from "@tideline/spec";

/** Keeps a magnitude's square root away from zero. */
const MAGNITUDE_FLOOR = 1e-8;

/** Keeps the divisors of skewness and kurtosis away from zero. */
const SPREAD_FLOOR = 1e-8;

/** A window's series on the graph, and what several features share of them, each made once and when first asked for. */
export interface SignalSeries {
  /** Samples in the window. */
  readonly size: number;
  /** The position of a channel, derived ones behind the window's own. @throws FEATURE_ILLEGAL */
  position(channel: string): number;
  /** Each channel less its mean, `[N, size, channels]`. */
  centred(): Value;
  /** The mean square of `centred`, `[N, channels]`. */
  variance(): Value;
  /** A statistic of every channel, `[N, channels]`. */
  statistic(name: Statistic): Value;
}

/** The value of a computation that runs at most once. */
function once<T>(compute: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: compute() }).value;
}

/** The error of a feature definition that a graph cannot be made of. */
export function illegalSignal(field: string, expected: string, received: string): Error {
  return tidelineError("FEATURE_ILLEGAL", { who: "signals", field, expected, received });
}

/** All channels, derived ones last; names must be unique and derived ones made of the window's own. */
function channelsOf({ channels, derived }: Signals): readonly string[] {
  const names = [...channels, ...Object.keys(derived)];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw illegalSignal("channels", "each name once", `"${repeated}" twice`);
  for (const [name, parts] of Object.entries(derived)) {
    const stranger = parts.find((part) => !channels.includes(part));
    if (stranger !== undefined || parts.length === 0)
      throw illegalSignal(`derived.${name}`, `some of ${channels.join(", ")}`, `"${stranger ?? ""}"`);
  }
  return names;
}

/** The window with its derived channels behind its own, `[N, size, channels]`. */
function withDerived(g: GraphBuilder, window: Value, { channels, derived }: Signals): Value {
  const groups = Object.values(derived);
  if (groups.length === 0) return window;
  const member = channels.flatMap((channel) => groups.map((group) => (group.includes(channel) ? 1 : 0)));
  const sums = g.op("MatMul", [
    g.op("Mul", [window, window]),
    g.constant(Float32Array.from(member), [channels.length, groups.length]),
  ]);
  const magnitudes = g.op("Sqrt", [g.op("Add", [sums, g.scalar(MAGNITUDE_FLOOR)])]);
  return g.op("Concat", [window, magnitudes], { axis: 2 });
}

/** `log(sqrt(x + floor) + 0.001)`: a spread on the scale on which people's differ, bounded below. */
function logRoot(g: GraphBuilder, x: Value, floor: number): Value {
  const root = g.op("Sqrt", [g.op("Add", [x, g.scalar(floor)])]);
  return g.op("Log", [g.op("Add", [root, g.scalar(1e-3)])]);
}

/** The series of a window `[N, size, channels]`; one node serves all channels, however many there are. */
export function signalSeries(g: GraphBuilder, window: Value, signals: Signals): SignalSeries {
  const names = channelsOf(signals);
  const [, size, width] = window.dims;
  if (window.dims.length !== 3 || typeof size !== "number" || size < 2 || width !== signals.channels.length)
    throw illegalSignal("window", `[N, samples, ${signals.channels.length}]`, `[${window.dims.join(", ")}]`);
  const time = g.ints([1]);
  const overTime = (op: "ReduceMean" | "ReduceMax" | "ReduceMin", x: Value) =>
    g.op(op, [x, time], { keepdims: 0 });
  const square = (x: Value) => g.op("Mul", [x, x]);
  const series = withDerived(g, window, signals);
  const lessMean = (x: Value, mean: Value) => g.op("Sub", [x, mean]);
  const centre = once(() => g.op("ReduceMean", [series, time]));
  // Twice: the float32 mean of a channel that hardly moves is off by more than the channel moves, and runtimes sum
  // in different orders; what is left after the first time is small, and so is the error of its mean.
  const centred = once(() => {
    const roughly = lessMean(series, centre());
    return lessMean(roughly, g.op("ReduceMean", [roughly, time]));
  });
  const squared = once(() => square(centred()));
  const variance = once(() => overTime("ReduceMean", squared()));
  const jerk = (): Value => {
    const later = g.op("Slice", [series, g.ints([1]), g.ints([size]), time]);
    const earlier = g.op("Slice", [series, g.ints([0]), g.ints([size - 1]), time]);
    return overTime("ReduceMean", square(g.op("Sub", [later, earlier])));
  };
  const most = once(() => overTime("ReduceMax", series));
  const least = once(() => overTime("ReduceMin", series));
  // Of what hardly moves neither skewness nor kurtosis says anything: they go to 0 and -3.
  const spread = once(() => g.op("Add", [variance(), g.scalar(SPREAD_FLOOR)]));
  const statistics: Readonly<Record<Statistic, () => Value>> = {
    mean: once(() => g.op("Squeeze", [centre(), time])),
    log_std: once(() => logRoot(g, variance(), 1e-8)),
    max: most,
    min: least,
    log_jerk: once(() => logRoot(g, jerk(), 1e-12)),
    mean_absolute_deviation: once(() => overTime("ReduceMean", g.op("Abs", [centred()]))),
    std: once(() => g.op("Sqrt", [variance()])),
    rms: once(() => g.op("Sqrt", [overTime("ReduceMean", square(series))])),
    range: once(() => g.op("Sub", [most(), least()])),
    skewness: once(() => {
      const cubes = overTime("ReduceMean", g.op("Mul", [squared(), centred()]));
      return g.op("Div", [cubes, g.op("Mul", [spread(), g.op("Sqrt", [spread()])])]);
    }),
    kurtosis: once(() => {
      const fourths = overTime("ReduceMean", square(squared()));
      return g.op("Sub", [g.op("Div", [fourths, square(spread())]), g.scalar(3)]);
    }),
  };
  return Object.freeze({
    size,
    position(channel: string): number {
      const position = names.indexOf(channel);
      if (position >= 0) return position;
      throw illegalSignal("features", `a channel among ${names.join(", ")}`, `"${channel}"`);
    },
    centred,
    variance,
    statistic(name: Statistic): Value {
      if (Object.hasOwn(statistics, name)) return statistics[name]();
      throw illegalSignal("features", `a statistic among ${Object.keys(statistics).join(", ")}`, `"${name}"`);
    },
  });
}
