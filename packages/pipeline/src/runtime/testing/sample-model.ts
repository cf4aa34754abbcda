import { graphBuilder, interpret, readOnnx, writeOnnx } from "@tideline/graph";
import type { Float32Tensor } from "@tideline/graph/testing";

/** Shape of a window in the sample model. */
const SAMPLE_SIZE = 128;
const SAMPLE_CHANNELS = 9;
const SAMPLE_CLASSES = 6;

/** What can be wrong with a sample model, for tests that must notice it. */
export interface SampleFault {
  /** Added to one weight, of the mean of channel 3. */
  readonly weight?: number;
  /** Reads two channels in each other's place. */
  readonly swapped?: readonly [number, number];
  /** Multiplied into one feature. */
  readonly feature?: number;
}

/**
 * Bytes of a small model: the mean and the mean square of each channel of a window `[N, 128, 9]`, then a linear
 * layer and a softmax. Outputs `features` `[N, 18]` and `probabilities` `[N, 6]`.
 *
 * @param turn distinguishes models: the weights are a sine wave with this phase.
 */
export function sampleModel(turn = 0, fault: SampleFault = {}): Uint8Array {
  const g = graphBuilder("sample");
  const given = g.input("window", "float32", ["N", SAMPLE_SIZE, SAMPLE_CHANNELS]);
  const order = Array.from({ length: SAMPLE_CHANNELS }, (_, channel) => channel);
  if (fault.swapped !== undefined) {
    const [left, right] = fault.swapped;
    order[left] = right;
    order[right] = left;
  }
  const window = g.op("Gather", [given, g.ints(order)], { axis: 2 });
  const mean = g.op("ReduceMean", [window, g.ints([1])], { keepdims: 0 });
  const square = g.op("ReduceMean", [g.op("Mul", [window, window]), g.ints([1])], { keepdims: 0 });
  const gains = new Float32Array(2 * SAMPLE_CHANNELS).fill(1);
  gains[4] = fault.feature ?? 1;
  const joined = g.op("Concat", [mean, square], { axis: 1 });
  const features = g.op("Mul", [joined, g.constant(gains)]);
  const weights = Float32Array.from({ length: 2 * SAMPLE_CHANNELS * SAMPLE_CLASSES }, (_, index) =>
    Math.sin(1.7 * index + turn),
  );
  weights[3 * SAMPLE_CLASSES + 1]! += fault.weight ?? 0;
  const scores = g.op("Gemm", [features, g.constant(weights, [2 * SAMPLE_CHANNELS, SAMPLE_CLASSES])]);
  g.output("probabilities", g.op("Softmax", [scores], { axis: -1 }));
  g.output("features", features);
  return writeOnnx(g.build());
}

/** Repeatable windows `[rows, 128, 9]` that tell channels and rows apart. */
export function sampleWindows(rows: number, seed = 1): Float32Array {
  const row = SAMPLE_SIZE * SAMPLE_CHANNELS;
  return Float32Array.from({ length: rows * row }, (_, index) => {
    const channel = index % SAMPLE_CHANNELS;
    const phase = seed * (Math.floor(index / row) + 1) * (channel + 1);
    return Math.cos(phase) + 0.5 * Math.sin((index % row) * 0.07 * (channel + 1) + phase);
  });
}

/** Probabilities by the reference interpreter in float64, rounded to float32. */
export function sampleOracle(bytes: Uint8Array, values: Float32Array): Float32Tensor {
  const rows = values.length / (SAMPLE_SIZE * SAMPLE_CHANNELS);
  const window = { dims: [rows, SAMPLE_SIZE, SAMPLE_CHANNELS], values };
  const { probabilities } = interpret(readOnnx(bytes), { window });
  return { dims: [rows, SAMPLE_CLASSES], values: Float32Array.from(probabilities!.values) };
}
