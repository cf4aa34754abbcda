import { elementCount, type OnnxNode, type OnnxTensor } from "../onnx.ts";
import type { GraphView } from "./graph-view.ts";

/**
 * A node that is linear in its first input, with constant weights, as passes read and rewrite it. Weights lie in the
 * order of the node's file; which input and which output channel an element belongs to, the two functions say.
 */
export interface LinearNode {
  readonly node: OnnxNode;
  readonly weights: OnnxTensor;
  /** [outputs], or undefined where the node has none. */
  readonly bias: OnnxTensor | undefined;
  readonly inputs: number;
  readonly outputs: number;
  /** The input channel of the weight at a position. */
  readonly inputOf: (at: number) => number;
  /** The output channel of the weight at a position. */
  readonly outputOf: (at: number) => number;
  /** The axis of the channels in the input and in the output, counted from the back for products, from the front for convolutions. */
  readonly axis: number;
  /** Whether every weight meets an input for every output, so that a constant added to a channel adds a constant. */
  readonly unpadded: boolean;
}

function numberAttribute(node: OnnxNode, name: string, absent: number): number {
  const attribute = node.attributes[name];
  return attribute?.type === "int" || attribute?.type === "float" ? attribute.value : absent;
}

function isUnpadded({ attributes }: OnnxNode): boolean {
  const { auto_pad, pads } = attributes;
  const chosen = auto_pad?.type === "string" && auto_pad.value.startsWith("SAME");
  return !chosen && !(pads?.type === "ints" && pads.value.some((pad) => pad !== 0));
}

function convolution(node: OnnxNode, weights: OnnxTensor, bias: OnnxTensor | undefined): LinearNode {
  const group = numberAttribute(node, "group", 1);
  const [first, second] = weights.dims as [number, number];
  const window = elementCount(weights.dims.slice(2));
  const transposed = node.op === "ConvTranspose";
  const row = (at: number): number => Math.floor(at / (second * window));
  const column = (at: number): number => Math.floor(at / window) % second;
  // Conv has W[M, C/group, ...]; ConvTranspose has W[C, M/group, ...].
  const across = (at: number): number => Math.floor(row(at) / (first / group)) * second + column(at);
  return {
    node,
    weights,
    bias,
    inputs: transposed ? first : second * group,
    outputs: transposed ? second * group : first,
    inputOf: transposed ? row : across,
    outputOf: transposed ? across : row,
    axis: 1,
    unpadded: !transposed && isUnpadded(node),
  };
}

/** A node as a linear one, or undefined where it is none, its weights are not constant, or it scales its products. */
export function linearNode(view: GraphView, node: OnnxNode): LinearNode | undefined {
  if (node.domain !== "") return undefined;
  const weights = view.constants.get(node.inputs[1] ?? "");
  const named = (node.inputs[2] ?? "") !== "";
  const bias = named ? view.constants.get(node.inputs[2]!) : undefined;
  if (weights?.elementType !== "float32" || (named && bias?.elementType !== "float32")) return undefined;
  if (node.op === "Conv" || node.op === "ConvTranspose") return convolution(node, weights, bias);
  if (weights.dims.length !== 2) return undefined;
  const plain =
    numberAttribute(node, "alpha", 1) === 1 &&
    numberAttribute(node, "beta", 1) === 1 &&
    numberAttribute(node, "transA", 0) === 0;
  if (!plain || (node.op !== "Gemm" && node.op !== "MatMul")) return undefined;
  const transposed = numberAttribute(node, "transB", 0) !== 0;
  const [rows, columns] = weights.dims as [number, number];
  const outputs = transposed ? rows : columns;
  // A bias of [rows, 1] is legal too, and is none of the outputs'.
  if (bias !== undefined && (bias.values.length !== outputs || bias.dims.at(-1) !== outputs))
    return undefined;
  const first = (at: number): number => Math.floor(at / columns);
  const second = (at: number): number => at % columns;
  return {
    node,
    weights,
    bias,
    inputs: transposed ? columns : rows,
    outputs,
    inputOf: transposed ? second : first,
    outputOf: transposed ? first : second,
    axis: -1,
    unpadded: true,
  };
}

/** A linear node with other weights and a bias; both become constants of its own. */
export function withWeights(
  view: GraphView,
  { node, weights, outputs }: LinearNode,
  change: {
    readonly weights: (weight: number, at: number) => number;
    readonly bias: Float64Array | undefined;
  },
): { readonly node: OnnxNode; readonly constants: readonly OnnxTensor[] } {
  const values = weights.values as Float32Array;
  const changed = {
    ...weights,
    name: view.fresh(`${weights.name}_fused`),
    values: values.map((weight, at) => change.weights(weight, at)),
  };
  const { bias } = change;
  if (bias === undefined)
    return { node: { ...node, inputs: [node.inputs[0]!, changed.name] }, constants: [changed] };
  const shift: OnnxTensor = {
    name: view.fresh(`${weights.name}_bias`),
    elementType: "float32",
    dims: [outputs],
    values: Float32Array.from(bias),
  };
  // A product has no place for a bias; of a matrix, Gemm is the same product and has one.
  const op = node.op === "MatMul" ? "Gemm" : node.op;
  return {
    node: { ...node, op, inputs: [node.inputs[0]!, changed.name, shift.name] },
    constants: [changed, shift],
  };
}

/**
 * A linear node that takes `x` where it took `factor * x + shift`, a number for each input channel: weights take the factor in, the bias
 * what the shift adds up to. A bias is only added where a shift moves something.
 */
export function withAffine(
  view: GraphView,
  linear: LinearNode,
  { factor, shift }: { readonly factor: Float64Array; readonly shift: Float64Array },
): ReturnType<typeof withWeights> {
  const before = linear.bias?.values as Float32Array | undefined;
  const moves = shift.some((value) => value !== 0);
  const bias = Float64Array.from({ length: linear.outputs }, (_, at) => before?.[at] ?? 0);
  if (moves)
    for (const [at, weight] of (linear.weights.values as Float32Array).entries())
      bias[linear.outputOf(at)]! += weight * shift[linear.inputOf(at)]!;
  return withWeights(view, linear, {
    weights: (weight, at) => weight * factor[linear.inputOf(at)]!,
    bias: moves || before !== undefined ? bias : undefined,
  });
}
