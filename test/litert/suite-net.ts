import { graphBuilder, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import { seededRandom, type Random } from "@tideline/learn";

/** Weights of a size that keeps numbers about 1. */
function weights(g: GraphBuilder, random: Random, dims: readonly number[], fan: number): Value {
  const count = dims.reduce((product, length) => product * length, 1);
  return g.constant(
    Float32Array.from({ length: count }, () => random.normal() / Math.sqrt(fan)),
    dims,
  );
}

/** The net of windows: convolutions along time with batch normalisation and pools, a mean over time, classes. */
export function windowNet(): OnnxModel {
  const g = graphBuilder("windows");
  const random = seededRandom(5);
  const w = (dims: readonly number[], fan: number): Value => weights(g, random, dims, fan);
  const x = g.input("x", "float32", ["N", 64, 6]);
  let h = g.op("Transpose", [x], { perm: [0, 2, 1] });
  for (const [from, to] of [
    [6, 32],
    [32, 48],
  ] as const) {
    h = g.op("Conv", [h, w([to, from, 5], 5 * from), w([to], 4)], { pads: [2, 2] });
    const ones = g.constant(new Float32Array(to).fill(1.5));
    h = g.op("BatchNormalization", [h, ones, w([to], 4), w([to], 4), ones]);
    h = g.op("MaxPool", [g.op("Relu", [h])], { kernel_shape: [2], strides: [2] });
  }
  const mean = g.op("Squeeze", [g.op("GlobalAveragePool", [h]), g.ints([2])]);
  const logits = g.op("Gemm", [mean, w([48, 5], 12), w([5], 4)]);
  g.output("probabilities", g.op("Softmax", [logits], { axis: -1 }));
  return g.build();
}

/** The net of images: a strided convolution, one by channel, an average, a sum with what was before. */
export function imageNet(): OnnxModel {
  const g = graphBuilder("images");
  const random = seededRandom(6);
  const w = (dims: readonly number[], fan: number): Value => weights(g, random, dims, fan);
  const x = g.input("image", "float32", ["N", 3, 16, 12]);
  const first = g.op("Clip", [
    g.op("Conv", [x, w([16, 3, 3, 3], 27), w([16], 4)], { pads: [1, 1, 1, 1], strides: [2, 2] }),
    g.scalar(0),
    g.scalar(6),
  ]);
  const own = g.op("Conv", [first, w([16, 1, 3, 3], 9), w([16], 4)], { pads: [1, 1, 1, 1], group: 16 });
  const both = g.op("Add", [g.op("LeakyRelu", [own], { alpha: 0.1 }), first]);
  const small = g.op("AveragePool", [both], { kernel_shape: [2, 2], strides: [2, 2] });
  const flat = g.op("Flatten", [small]);
  const hidden = g.op("Relu", [g.op("Gemm", [flat, w([192, 64], 192), w([64], 4)])]);
  g.output("score", g.op("Sigmoid", [g.op("Gemm", [hidden, w([64, 1], 16), w([1], 4)])]));
  return g.build();
}

/** The net of texts: rows of a table by id, a recurrent layer, the mean over places. */
export function tokenNet(): OnnxModel {
  const g = graphBuilder("tokens");
  const random = seededRandom(7);
  const w = (dims: readonly number[], fan: number): Value => weights(g, random, dims, fan);
  const ids = g.input("ids", "int64", ["N", 12]);
  const rows = g.op("Gather", [w([300, 16], 1), ids]);
  const steps = g.op("Transpose", [rows], { perm: [1, 0, 2] });
  const [all] = g.ops("GRU", [steps, w([2, 60, 16], 16), w([2, 60, 20], 20), w([2, 120], 9)], {
    hidden_size: 20,
    direction: "bidirectional",
    linear_before_reset: 1,
  });
  const mean = g.op("Reshape", [
    g.op("ReduceMean", [all!, g.ints([0])], { keepdims: 0 }),
    g.ints([2, -1, 20]),
  ]);
  const wide = g.op("Reshape", [g.op("Transpose", [mean], { perm: [1, 0, 2] }), g.ints([-1, 40])]);
  const normal = g.op("LayerNormalization", [wide, g.constant(new Float32Array(40).fill(1)), w([40], 9)]);
  const [top] = g.ops(
    "LSTM",
    [g.op("Unsqueeze", [normal, g.ints([0])]), w([1, 32, 40], 40), w([1, 32, 8], 8)],
    {
      hidden_size: 8,
    },
  );
  const last = g.op("Reshape", [top!, g.ints([-1, 8])]);
  g.output("p", g.op("Softmax", [g.op("Gemm", [last, w([8, 3], 1), w([3], 2)])], { axis: -1 }));
  return g.build();
}

/** The net of series: a recurrent layer over so many steps that a file of 8 bits does them in a loop, and its last state. */
export function seriesNet(): OnnxModel {
  const g = graphBuilder("series");
  const random = seededRandom(8);
  const w = (dims: readonly number[], fan: number): Value => weights(g, random, dims, fan);
  const steps = g.op("Transpose", [g.input("x", "float32", ["N", 33, 6])], { perm: [1, 0, 2] });
  const [, last] = g.ops("GRU", [steps, w([2, 60, 6], 6), w([2, 60, 20], 20), w([2, 120], 9)], {
    hidden_size: 20,
    direction: "bidirectional",
    linear_before_reset: 1,
  });
  const both = g.op("Reshape", [g.op("Transpose", [last!], { perm: [1, 0, 2] }), g.ints([-1, 40])]);
  g.output("p", g.op("Softmax", [g.op("Gemm", [both, w([40, 3], 40), w([3], 2)])], { axis: -1 }));
  return g.build();
}
