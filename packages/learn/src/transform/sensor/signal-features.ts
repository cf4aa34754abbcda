import { graphBuilder } from "@tideline/graph";
import { tidelineError, type Signals } from "@tideline/spec";
import { isRecord, FORMS, listForm } from "../../net/estimator/option-form.ts";
import type { FloatArray } from "../../matrix.ts";
import { oneOf, positiveInteger } from "../../net/check-option.ts";
import { lowerSignals } from "../../signal.ts";
import { vectorMap } from "../audio/vector-map.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { signalWindows } from "./signal-window.ts";

/** What {@link signalFeatures} takes: the signals of a model, and how many samples a window has. */
export interface SignalFeaturesOptions extends Signals {
  readonly size: number;
}

/** Features of windows. */
export interface WindowFeatures<Values extends Float64Array | Float32Array = Float64Array> {
  /** [F], as `body_acc_x.mean`. */
  readonly names: readonly string[];
  /** [windows, F], computed in float64. */
  readonly values: Values;
}

/** How features are kept. */
export interface WindowFeaturesOptions<Keep extends "float64" | "float32" = "float64" | "float32"> {
  /** `float32` halves the memory. Default `float64`. */
  readonly keep?: Keep;
}

const KIND = "signalFeatures";

/** The names of the features. @throws FEATURE_ILLEGAL for what no graph can be made of. */
function namesOf(size: number, signals: Signals): readonly string[] {
  const g = graphBuilder("names");
  const window = g.input("window", "float32", ["N", size, signals.channels.length]);
  return lowerSignals(g, window, signals).names;
}

/**
 * The statistics, spectra and correlations of windows in float64: what `lowerSignals` computes on a graph, whose docstring
 * has the formulas. WebAssembly with SIMD where there is any and the size is a power of two, TypeScript otherwise; both
 * faster than the graph in a runtime, and the same to the last digits.
 *
 * @param windows `[windows, size, channels]`
 * @throws DEFINITION_ILLEGAL for another `keep`; FEATURE_ILLEGAL for an unknown channel or statistic; ARGUMENT_INVALID for values that are no whole windows.
 * @example
 * const { names, values } = windowFeatures(windows, 128, signals);
 */
export function windowFeatures<Keep extends "float64" | "float32" = "float64">(
  windows: Float32Array | Float64Array,
  size: number,
  signals: Signals,
  options: WindowFeaturesOptions<Keep> = {},
): WindowFeatures<Keep extends "float32" ? Float32Array : Float64Array> {
  return featuresOf("windowFeatures", size, signals, options)(windows);
}

/**
 * As {@link windowFeatures}, of windows that come in pieces, as from a file larger than memory: the features of each piece as it
 * comes. No piece is kept, so a source may fill the same array anew.
 *
 * @param pieces each `[windows, size, channels]`.
 * @throws what {@link windowFeatures} throws.
 * @example
 * for await (const { values } of windowFeaturesOf(piecesOfFile, 128, signals)) append(values);
 */
export async function* windowFeaturesOf<Keep extends "float64" | "float32" = "float64">(
  pieces: AsyncIterable<Float32Array | Float64Array> | Iterable<Float32Array | Float64Array>,
  size: number,
  signals: Signals,
  options: WindowFeaturesOptions<Keep> = {},
): AsyncGenerator<WindowFeatures<Keep extends "float32" ? Float32Array : Float64Array>, void, undefined> {
  const features = featuresOf("windowFeaturesOf", size, signals, options);
  for await (const windows of pieces) yield features(windows);
}

function featuresOf<Keep extends "float64" | "float32">(
  who: string,
  size: number,
  signals: Signals,
  { keep }: WindowFeaturesOptions<Keep>,
) {
  oneOf(who, "keep", { float64: 0, float32: 0 }, keep ?? "float64");
  const names = namesOf(size, signals);
  const length = size * signals.channels.length;
  const { writerOf, width } = signalWindows(size, signals);
  return (windows: Float32Array | Float64Array) => {
    if (windows.length % length !== 0)
      throw tidelineError("ARGUMENT_INVALID", {
        who,
        field: "windows",
        expected: `windows of ${length} numbers`,
        received: `${windows.length} numbers`,
      });
    const count = windows.length / length;
    const write = writerOf(windows);
    const values = new (keep === "float32" ? Float32Array : Float64Array)(count * width);
    for (let n = 0; n < count; n++) write(n * length, values, n * width);
    return Object.freeze({
      names,
      values: values as Keep extends "float32" ? Float32Array : Float64Array,
    });
  };
}

const anything = { expected: "an object", fits: isRecord };

/** The definition behind {@link signalFeatures}. */
export const SIGNAL_FEATURES = vectorMap<SignalFeaturesOptions>({
  kind: KIND,
  forms: {
    size: FORMS.count,
    channels: listForm(FORMS.text),
    derived: anything,
    features: listForm(anything),
  },
  needed: ["size", "channels", "features"],
  defaults: { derived: Object.freeze({}) },
  check(options) {
    positiveInteger(KIND, "size", options.size);
    namesOf(options.size, options);
  },
  width(options, from) {
    const length = options.size * options.channels.length;
    if (from === length) return namesOf(options.size, options).length;
    throw tidelineError("ARGUMENT_INVALID", {
      who: KIND,
      field: "column",
      expected: `windows of ${options.size} x ${options.channels.length} numbers`,
      received: `vectors of ${from}`,
    });
  },
  map(options) {
    const { writerOf } = signalWindows(options.size, options);
    let given: FloatArray | undefined;
    let write: ReturnType<typeof writerOf>;
    return (values, from, out, to) => {
      if (values !== given) [given, write] = [values, writerOf(values)];
      write(from, out, to);
    };
  },
  lower(options, g, x) {
    const window = g.op("Reshape", [x, g.ints([-1, options.size, options.channels.length])]);
    return lowerSignals(g, window, options).features;
  },
});

/**
 * Statistics, spectra and correlations of windows of samples, each a vector `[size, channels]`; see {@link windowFeatures}.
 *
 * @throws DEFINITION_ILLEGAL, FEATURE_ILLEGAL for options that make no sense.
 * @example
 * signalFeatures({ columns: ["window"], size: 128, ...signals });
 */
export function signalFeatures(
  options: Omit<SignalFeaturesOptions, "derived"> & Partial<Signals> & Selection,
): Transform {
  return transformOf(SIGNAL_FEATURES, options as SignalFeaturesOptions & Selection);
}
