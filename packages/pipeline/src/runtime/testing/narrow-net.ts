import { graphBuilder, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";

/** A net with random weights, and the lengths of a row. */
export interface NarrowNet {
  readonly model: OnnxModel;
  readonly dims: readonly number[];
}

/** Numbers between -1 and 1, the same each time. */
export const numbersOf = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => Math.sin((at + 1) * (seed + 0.37) * 12.9898));

const product = (dims: readonly number[]): number => dims.reduce((all, length) => all * length, 1);

/** Weights with sums of about one. */
function weights(g: GraphBuilder, seed: number, dims: readonly number[], sum: number): Value {
  const size = 2 / Math.sqrt(sum);
  return g.constant(
    numbersOf(product(dims), seed).map((value) => value * size),
    dims,
  );
}

/** Products with and without a bias; of a sum of 37 numbers, which blocks do not divide. */
function dense(): NarrowNet {
  const g = graphBuilder("dense");
  const x = g.input("x", "float32", ["N", 100]);
  let h = g.op("Relu", [g.op("Gemm", [x, weights(g, 1, [100, 64], 100), weights(g, 2, [64], 9)])]);
  h = g.op("Relu", [g.op("MatMul", [h, weights(g, 3, [64, 37], 64)])]);
  g.output("y", g.op("Softmax", [g.op("Gemm", [h, weights(g, 4, [5, 37], 37)], { transB: 1 })]));
  return { model: g.build(), dims: [100] };
}

function convolution(): NarrowNet {
  const g = graphBuilder("convolution");
  const x = g.input("x", "float32", ["N", 6, 16]);
  let h = g.op("Relu", [g.op("Conv", [x, weights(g, 1, [16, 6, 5], 30), weights(g, 2, [16], 9)])]);
  h = g.op("Relu", [g.op("Conv", [h, weights(g, 3, [24, 16, 3], 48)])]);
  h = g.op("ReduceMean", [h, g.ints([2])], { keepdims: 0 });
  g.output("y", g.op("Softmax", [g.op("MatMul", [h, weights(g, 4, [24, 6], 9)])]));
  return { model: g.build(), dims: [6, 16] };
}

/** A layer of attention, and two dense ones behind it. */
function transformer(): NarrowNet {
  const g = graphBuilder("transformer");
  const x = g.input("x", "float32", ["N", 8, 32]);
  const projected = (seed: number, h: Value, [from, to]: readonly [number, number] = [32, 32]): Value =>
    g.op("MatMul", [h, weights(g, seed, [from, to], from)]);
  const keys = g.op("Transpose", [projected(1, x)], { perm: [0, 2, 1] });
  const scores = g.op("Mul", [g.op("MatMul", [projected(2, x), keys]), g.scalar(0.2)]);
  const mixed = g.op("MatMul", [g.op("Softmax", [scores]), projected(3, x)]);
  let h = g.op("Add", [x, projected(4, mixed)]);
  h = g.op("LayerNormalization", [h, g.constant(new Float32Array(32).fill(1))]);
  h = g.op("Add", [h, projected(6, g.op("Relu", [projected(5, h, [32, 64])]), [64, 32])]);
  const mean = g.op("ReduceMean", [h, g.ints([1])], { keepdims: 0 });
  g.output("y", g.op("Softmax", [projected(7, mean, [32, 6])]));
  return { model: g.build(), dims: [8, 32] };
}

function recurrence(): NarrowNet {
  const g = graphBuilder("recurrence");
  const x = g.input("x", "float32", ["N", 8, 24]);
  const steps = g.op("Transpose", [x], { perm: [1, 0, 2] });
  const [, last] = g.ops("GRU", [steps, weights(g, 1, [1, 96, 24], 24), weights(g, 2, [1, 96, 32], 32)], {
    hidden_size: 32,
  });
  const state = g.op("Squeeze", [last!, g.ints([0])]);
  g.output("y", g.op("Softmax", [g.op("MatMul", [state, weights(g, 3, [32, 6], 9)])]));
  return { model: g.build(), dims: [8, 24] };
}

/** Nets of each kind whose weights are stored in few bits. */
export const NARROW_NETS = { dense, convolution, transformer, recurrence } as const;
