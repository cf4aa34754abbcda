import { elementCount } from "../onnx.ts";
import type { Value } from "../value.ts";
import { dimsOf, reshaped } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import type { Sliding } from "./sliding.ts";
import { padded, tapsOf } from "./tap.ts";
import { transposedSliding } from "./transposed-sliding.ts";

/** `[N, C, ...]` as `[C, N, ...]`. */
function channelsFirst(g: GraphEmitter, x: Value): Value {
  const [rows, channels, ...rest] = dimsOf(x) as [number, number, ...number[]];
  if (rows === 1 || channels === 1) return reshaped(g, x, [channels, rows, ...rest]);
  return g.op("Transpose", [x], { perm: dimsOf(x).map((_, axis) => (axis < 2 ? 1 - axis : axis)) });
}

/**
 * The gradient of a convolution's weights `[M, C/group, ...]`, from its input `x[N, C, ...]` and the gradient
 * `dy[N, M, ...]` of its output: one product of matrices per group, over all rows and positions, of `dy` with what each
 * position of the kernel read.
 */
export function convWeightGradient(
  g: GraphEmitter,
  x: Value,
  dy: Value,
  sliding: Sliding,
  group: number,
): Value {
  const [depth, own] = [dimsOf(x)[1]! / group, dimsOf(dy)[1]! / group];
  const across = dimsOf(dy)[0]! * elementCount(sliding.lengths);
  const taps = tapsOf(g, channelsFirst(g, padded(g, x, sliding, 0)), sliding);
  const columns = taps.map((tap) => reshaped(g, tap, [group, depth, across]));
  const read = columns.length === 1 ? columns[0]! : g.op("Concat", columns, { axis: 1 });
  const rows = reshaped(g, channelsFirst(g, dy), [group, own, across]);
  const found = g.op("MatMul", [rows, g.op("Transpose", [read], { perm: [0, 2, 1] })]);
  const parted = reshaped(g, found, [group * own, taps.length, depth]);
  const ordered =
    taps.length === 1 || depth === 1 ? parted : g.op("Transpose", [parted], { perm: [0, 2, 1] });
  return reshaped(g, ordered, [group * own, depth, ...sliding.kernel]);
}

/** `w[M, C/group, ...]` as the weights `[C, M/group, ...]` of the way back, each kernel from its end to its start. */
function flipped(g: GraphEmitter, w: Value, group: number): Value {
  const [filters, depth, ...kernel] = dimsOf(w) as [number, number, ...number[]];
  const [own, size] = [filters / group, elementCount(kernel)];
  const flat = reshaped(g, w, [group, own, depth, size]);
  const backward =
    size === 1
      ? flat
      : g.op("Slice", [flat, g.ints([size - 1]), g.ints([-size - 1]), g.ints([3]), g.ints([-1])]);
  const turned = own === 1 || depth === 1 ? backward : g.op("Transpose", [backward], { perm: [0, 2, 1, 3] });
  return reshaped(g, turned, [group * depth, own, ...kernel]);
}

/**
 * The flipped convolution computes every position of the input, ConvTranspose multiplies every position of the output.
 * In onnxruntime's CPU the former is 1.8 times as fast for 58 positions to 62, the latter about twice for 11 x 11 to
 * 13 x 13, which are 1.07 and 1.40 times as many; the bound between them is a guess.
 */
const WORTHWHILE = 1.2;

/**
 * The gradient of a convolution's input `[N, C, ...sizes]`, from its weights and the gradient of its output: with steps of
 * 1 the convolution with the flipped kernels, where it has little more positions to compute; else ConvTranspose, since
 * with larger steps the former would mostly multiply zeros.
 */
export function convInputGradient(
  g: GraphEmitter,
  w: Value,
  dy: Value,
  sliding: Sliding,
  group: number,
  sizes: readonly number[],
): Value {
  const { kernel, strides, dilations, before, lengths } = sliding;
  const reach = kernel.map((size, axis) => (size - 1) * dilations[axis]!);
  const front = reach.map((length, axis) => length - before[axis]!);
  const back = reach.map((length, axis) => sizes[axis]! + length - lengths[axis]! - front[axis]!);
  const plain = strides.every((stride) => stride === 1) && [...front, ...back].every((count) => count >= 0);
  const grown = group === 1 && elementCount(sizes) > WORTHWHILE * elementCount(lengths);
  if (!plain || grown) return g.op("ConvTranspose", [dy, w], { ...transposedSliding(sliding, sizes), group });
  return g.op("Conv", [dy, flipped(g, w, group)], {
    kernel_shape: kernel,
    dilations,
    pads: [...front, ...back],
    group,
  });
}

/** The gradient of a ConvTranspose's input: the convolution of its output's gradient that it is the transpose of. */
export function convTransposeInputGradient(
  g: GraphEmitter,
  w: Value,
  dy: Value,
  { kernel, strides, dilations, before, behind, lengths }: Sliding,
  group: number,
): Value {
  const pads = [...before, ...behind.map((count) => Math.max(0, count))];
  const dx = g.op("Conv", [dy, w], { kernel_shape: kernel, strides, dilations, pads, group });
  const axes = lengths.flatMap((length, axis) => (dimsOf(dx)[axis + 2] === length ? [] : [axis + 2]));
  if (axes.length === 0) return dx;
  // Windows over nothing but what `output_padding` added.
  const ends = axes.map((axis) => lengths[axis - 2]!);
  return g.op("Slice", [dx, g.ints(axes.map(() => 0)), g.ints(ends), g.ints(axes)]);
}

/** The gradient of what is added to every position of each channel of `[N, C, ...]`: the sum over all but C. */
export function channelSum(g: GraphEmitter, dy: Value): Value {
  const axes = dimsOf(dy).flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  return g.op("ReduceSum", [dy, g.ints(axes)], { keepdims: 0 });
}
