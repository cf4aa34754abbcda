import type { GraphBuilder, Value } from "@tideline/graph";
import { illegalOption } from "../../net/check-option.ts";
import { savitzkyGolay } from "../sensor/savitzky-golay.ts";
import { SILENCE, type AudioFeature, type AudioPlan, wantFramesOfDelta } from "./audio-feature.ts";
import { cosineTransform } from "./cosine-transform.ts";
import { melFilterBank } from "./mel.ts";
import { frameCount, frameTaper } from "./spectrogram.ts";

/** Cosines, then negative sines, of every bin under the taper: `[2 bins, size]`. */
function waves(plan: AudioPlan): Float32Array {
  const { size } = plan;
  const bins = (size >> 1) + 1;
  const taper = frameTaper(plan);
  const out = new Float32Array(2 * bins * size);
  for (let k = 0; k < bins; k++)
    for (let t = 0; t < size; t++) {
      const angle = (2 * Math.PI * ((k * t) % size)) / size;
      out[k * size + t] = taper[t]! * Math.cos(angle);
      out[(bins + k) * size + t] = -taper[t]! * Math.sin(angle);
    }
  return out;
}

function once<T>(compute: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: compute() }).value;
}

/**
 * Adds the features of sounds to a graph: the transform is one convolution with cosines and sines, which every runtime and
 * converter knows, where ONNX's STFT and DFT are known to few.
 *
 * @param x float32, [N, length], sounds of one length
 * @returns float32, [N, frames * width], as `audioFeatures` gives them frame by frame
 * @throws DEFINITION_ILLEGAL for a sound too short to have a frame.
 */
export function lowerAudio(g: GraphBuilder, x: Value, length: number, plan: AudioPlan): Value {
  const { size, hop, rate } = plan;
  const bins = (size >> 1) + 1;
  const frames = frameCount(plan, length);
  if (frames === 0)
    throw illegalOption("audioFeatures", "length", `at least a frame of ${size}`, String(length));
  const half = plan.centred ? Math.floor(size / 2) : 0;
  const sound = g.op("Reshape", [x, g.ints([-1, 1, length])]);
  const around = (mode: "reflect" | "edge"): Value =>
    half === 0 ? sound : g.op("Pad", [sound, g.ints([0, 0, half, 0, 0, half])], { mode });
  const zeros = { strides: [hop], pads: [half, half] };
  const filters = (values: Float64Array | Float32Array, rows: number, columns: number): Value =>
    g.constant(Float32Array.from(values), [rows, columns]);
  const squares = once(() => {
    const kernel = g.constant(waves(plan), [2 * bins, 1, size]);
    const parts =
      plan.padding === "zero"
        ? g.op("Conv", [sound, kernel], zeros)
        : g.op("Conv", [around("reflect"), kernel], { strides: [hop] });
    return g.op("Mul", [parts, parts]);
  });
  const part = (from: number, to: number): Value =>
    g.op("Slice", [squares(), g.ints([from]), g.ints([to]), g.ints([1])]);
  const power = once(() => g.op("Add", [part(0, bins), part(bins, 2 * bins)]));
  const mel = once(() => {
    const bank = melFilterBank(rate, size, plan.mel);
    const twice = new Float32Array(2 * bank.length);
    for (let m = 0; m < plan.mel.mels; m++) {
      const row = bank.subarray(m * bins, (m + 1) * bins);
      twice.set(row, 2 * m * bins);
      twice.set(row, (2 * m + 1) * bins);
    }
    // The bank over cosines and sines at once: their squares add up.
    return g.op("MatMul", [filters(twice, plan.mel.mels, 2 * bins), squares()]);
  });
  const logMel = once(() => lowerDecibels(g, mel(), plan));
  const mfcc = once(() => {
    const matrix = cosineTransform(plan.coefficients, plan.mel.mels);
    return g.op("MatMul", [filters(matrix, plan.coefficients, plan.mel.mels), logMel()]);
  });
  const delta = (order: number): Value =>
    g.op("MatMul", [mfcc(), g.constant(deltaMatrix(frames, plan.deltaSize, order), [frames, frames])]);
  const magnitude = once(() => g.op("Sqrt", [power()]));
  const overBins = (value: Value): Value => g.op("ReduceSum", [value, g.ints([1])], { keepdims: 1 });
  const total = once(() => overBins(magnitude()));
  const made: Readonly<Record<AudioFeature, () => Value>> = {
    power,
    mel,
    logMel,
    mfcc,
    mfccDelta: () => delta(1),
    mfccDelta2: () => delta(2),
    rms() {
      const pool = { kernel_shape: [size], count_include_pad: 1, ...zeros };
      return g.op("Sqrt", [g.op("AveragePool", [g.op("Mul", [sound, sound])], pool)]);
    },
    zeroCrossing() {
      const negative = g.op("Cast", [g.op("Less", [around("edge"), g.scalar(-SILENCE)])], { to: 1 });
      const end = length + 2 * half;
      const cut = (from: number, to: number): Value =>
        g.op("Slice", [negative, g.ints([from]), g.ints([to]), g.ints([2])]);
      const changes = g.op("Abs", [g.op("Sub", [cut(1, end), cut(0, end - 1)])]);
      const mean = g.op("AveragePool", [changes], { kernel_shape: [size - 1], strides: [hop] });
      return g.op("Mul", [mean, g.scalar((size - 1) / size)]);
    },
    centroid() {
      const hertz = Float32Array.from({ length: bins }, (_, k) => (k * rate) / size);
      const moment = g.op("MatMul", [filters(hertz, 1, bins), magnitude()]);
      return g.op("Div", [moment, g.op("Max", [total(), g.scalar(1e-30)])]);
    },
    rolloff() {
      const sums = g.op("CumSum", [magnitude(), g.scalar(1, "int64")]);
      const below = g.op("Less", [sums, g.op("Mul", [total(), g.scalar(plan.rolloff)])]);
      const count = overBins(g.op("Cast", [below], { to: 1 }));
      return g.op("Mul", [g.op("Min", [count, g.scalar(bins - 1)]), g.scalar(rate / size)]);
    },
  };
  const parts = plan.features.map((feature) => made[feature]());
  const side = parts.length === 1 ? parts[0]! : g.op("Concat", parts, { axis: 1 });
  return g.op("Reshape", [g.op("Transpose", [side], { perm: [0, 2, 1] }), g.ints([0, -1])]);
}

/** `10 log10` of powers `[N, mels, frames]`, as `decibels` has it for each sound. */
function lowerDecibels(g: GraphBuilder, power: Value, { decibel }: AudioPlan): Value {
  const { reference, floor, range } = decibel;
  const level = (value: Value): Value =>
    g.op("Mul", [g.op("Log", [g.op("Max", [value, g.scalar(floor)])]), g.scalar(10 / Math.LN10)]);
  const values = level(power);
  if (reference !== "max" && range === null) return shifted(g, values, reference, floor);
  const largest = g.op("ReduceMax", [values, g.ints([1, 2])], { keepdims: 1 });
  const cut = range === null ? values : g.op("Max", [values, g.op("Sub", [largest, g.scalar(range)])]);
  return reference === "max" ? g.op("Sub", [cut, largest]) : shifted(g, cut, reference, floor);
}

function shifted(g: GraphBuilder, values: Value, reference: number, floor: number): Value {
  const zero = 10 * Math.log10(Math.max(floor, reference));
  return zero === 0 ? values : g.op("Sub", [values, g.scalar(zero)]);
}

/** The slope or curvature over frames as a matrix from the right, `[frames, frames]`. */
function deltaMatrix(frames: number, size: number, order: number): Float32Array {
  wantFramesOfDelta(frames, size);
  const unit = new Float64Array(frames * frames);
  for (let f = 0; f < frames; f++) unit[f * frames + f] = 1;
  const made = savitzkyGolay(unit, { size, degree: order, derivative: order }, frames);
  // Row t of what was made says how each frame counts in frame t.
  const out = new Float32Array(frames * frames);
  for (let t = 0; t < frames; t++)
    for (let f = 0; f < frames; f++) out[f * frames + t] = made[t * frames + f]!;
  return out;
}
