import { elementCount, type OnnxModel, type OnnxTensor } from "../../onnx.ts";
import type { ChannelGroup, ChannelSlice } from "./channel-group.ts";

/** Nodes whose weights say how much a channel matters; scales and statistics of other nodes are of other units. */
const WEIGHED = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);

/** Calls a function with the position of every number in a slice of a tensor. */
function eachNumber(
  { axis, positions }: ChannelSlice,
  dims: readonly number[],
  visit: (at: number) => void,
): void {
  const inner = elementCount(dims.slice(axis + 1));
  const block = inner * dims[axis]!;
  const length = elementCount(dims);
  for (let start = 0; start < length; start += block)
    for (const position of positions)
      for (let at = start + position * inner; at < start + (position + 1) * inner; at++) visit(at);
}

/** A number for each group, by its id: the larger, the more its absence would be felt. */
export type ChannelImportance = Float64Array;

/**
 * The length of the vector of all weights of each group, those that make its channels and those that read them, so that
 * a channel that nobody hears counts as little as one that says nothing.
 *
 * Source: H. Li et al., "Pruning filters for efficient ConvNets", ICLR 2017, over a whole group as G. Fang et al.,
 * "DepGraph", CVPR 2023, section 3.3.
 */
export function normImportance({ graph }: OnnxModel, groups: readonly ChannelGroup[]): ChannelImportance {
  const tensors = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  return Float64Array.from(groups, ({ slices }) => {
    let sum = 0;
    for (const slice of slices) {
      const tensor = tensors.get(slice.tensor)!;
      if (!WEIGHED.has(slice.node.op) || !tensor.elementType.startsWith("float")) continue;
      const values = tensor.values as Float32Array;
      eachNumber(slice, tensor.dims, (at) => (sum += values[at]! ** 2));
    }
    return Math.sqrt(sum);
  });
}

/**
 * How far the loss would move, to first order, were the weights that make a group's channels zero: `|sum w dL/dw|` of
 * the biases and weights of their making and of the normalisations behind it.
 *
 * Source: P. Molchanov et al., "Importance estimation for neural network pruning", CVPR 2019, eq. 8.
 *
 * @param gradients of the loss, by the names of constants; one that is absent has none.
 */
export function taylorImportance(
  { graph }: OnnxModel,
  groups: readonly ChannelGroup[],
  gradients: ReadonlyMap<string, ArrayLike<number>>,
): ChannelImportance {
  const tensors = new Map<string, OnnxTensor>(graph.initializers.map((tensor) => [tensor.name, tensor]));
  return Float64Array.from(groups, ({ slices }) => {
    let sum = 0;
    for (const slice of slices) {
      const gradient = gradients.get(slice.tensor);
      const tensor = tensors.get(slice.tensor)!;
      if (gradient === undefined || tensor.elementType !== "float32") continue;
      const values = tensor.values as Float32Array;
      let part = 0;
      eachNumber(slice, tensor.dims, (at) => (part += values[at]! * gradient[at]!));
      sum += Math.abs(part);
    }
    return sum;
  });
}
