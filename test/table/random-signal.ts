import type { GraphBuilder, Value } from "@tideline/graph";
import {
  lowerLogistic,
  lowerSignals,
  lowerStandardiser,
  logisticModel,
  matrix,
  standardiser,
} from "@tideline/learn";
import type { SignalFeature, Statistic } from "@tideline/spec";
import type { Source } from "./random.ts";

const STATISTICS: readonly Statistic[] = [
  "mean",
  "log_std",
  "max",
  "min",
  "log_jerk",
  "mean_absolute_deviation",
];

/** Some of a list, at least one, in any order. */
function some<T>(source: Source, list: readonly T[]): T[] {
  const rest = [...list];
  return Array.from(
    { length: source.int(1, list.length) },
    () => rest.splice(source.int(0, rest.length - 1), 1)[0]!,
  );
}

/** Rising bins of a window of so many samples. */
function edgesOf(source: Source, size: number): number[] {
  const edges = [source.int(0, 3)];
  const last = Math.floor(size / 2) + 1;
  while (edges.length < 2 || (source.int(0, 4) > 0 && edges.at(-1)! < last))
    edges.push(Math.min(last, edges.at(-1)! + source.int(1, 6)));
  return edges;
}

/** Features as sensors' windows have them, standardised, into a logistic regression: `probabilities` and `features`. */
export function signalModel(
  g: GraphBuilder,
  source: Source,
  window: Value,
  classes: number,
): Record<string, Value> {
  const [, size, width] = window.dims as readonly [unknown, number, number];
  const channels = Array.from({ length: width }, (_, index) => `c${index}`);
  const derived: Readonly<Record<string, readonly string[]>> =
    width >= 3 ? { size: channels.slice(0, 3) } : {};
  const all = [...channels, ...Object.keys(derived)];
  const features: SignalFeature[] = [
    { kind: "statistics", channels: some(source, all), statistics: some(source, STATISTICS) },
    { kind: "spectrum", channels: some(source, all), edges: edgesOf(source, size), taper: "hann" },
  ];
  if (width > 1) features.push({ kind: "correlation", pairs: [[channels[0]!, channels[1]!]] });
  const lowered = lowerSignals(g, window, { channels, derived, features });
  const count = lowered.names.length;
  const scaled = lowerStandardiser(
    g,
    lowered.features,
    standardiser(
      Float64Array.from(source.normals(count)),
      Float64Array.from({ length: count }, () => 0.5 + source.uniform()),
    ),
  );
  const classifier = logisticModel({
    classes: Array.from({ length: classes }, (_, index) => `class ${index}`),
    weights: matrix(count, classes, Float64Array.from(source.normals(count * classes, 1 / Math.sqrt(count)))),
    intercepts: Float64Array.from(source.normals(classes)),
  });
  return { probabilities: lowerLogistic(g, scaled, classifier), features: lowered.features };
}

/** A window as phones make it: an offset, a gait of some strength and frequency, noise. */
export function signalRow(source: Source, size: number, width: number): Float32Array {
  const row = new Float32Array(size * width);
  for (let channel = 0; channel < width; channel++) {
    const [offset, strength, turn, noise] = [
      4 * source.uniform() - 2,
      source.uniform(),
      0.5 * source.uniform(),
      0.2 * source.uniform(),
    ];
    const steps = source.normals(size, noise);
    for (let t = 0; t < size; t++)
      row[t * width + channel] = offset + strength * Math.sin(turn * t + channel) + steps[t]!;
  }
  return row;
}
