import { viewOf, type GraphView } from "../optimise/graph-view.ts";
import { linearNode, withWeights, type LinearNode } from "../optimise/linear-node.ts";
import { edited } from "../optimise/pass.ts";
import type { OnnxModel, OnnxNode } from "../onnx.ts";

/** Operators through which a positive factor of a channel goes unchanged, and that leave channels where they are. */
const HOMOGENEOUS: ReadonlySet<string> = new Set(["Identity", "LeakyRelu", "Relu"]);

/** And those that do so for the second axis alone, where a convolution has its channels. */
const BY_CHANNEL: ReadonlySet<string> = new Set([
  "AveragePool",
  "Flatten",
  "GlobalAveragePool",
  "GlobalMaxPool",
  "MaxPool",
  "Reshape",
  "Squeeze",
]);

/** Sweeps over all pairs: each factor is a square root, and the third sweep changes little. */
const SWEEPS = 4;

/** A layer whose result only another one reads. */
interface Pair {
  readonly first: LinearNode;
  readonly second: LinearNode;
  /** Neighbouring inputs of the second layer that are of one output of the first. */
  readonly repeat: number;
}

/** Whether what is behind a node has the channels of a convolution still in order, each `repeat` times. */
function keepsChannels(view: GraphView, node: OnnxNode): boolean {
  if (!["Flatten", "Reshape", "Squeeze"].includes(node.op)) return true;
  const { axis } = node.attributes;
  if (node.op === "Flatten" && axis?.type === "int" && axis.value !== 1) return false;
  const [from, to] = [view.types.get(node.inputs[0]!)!.dims, view.types.get(node.outputs[0]!)!.dims];
  // The first axis stays, and so channels lie outermost in what is left.
  return to.length === 2 && from[0] === to[0];
}

function pairOf(view: GraphView, node: OnnxNode): Pair | undefined {
  const first = linearNode(view, node);
  if (first === undefined || node.op === "ConvTranspose") return undefined;
  let value = node.outputs[0]!;
  for (;;) {
    const [reader] = view.readersOf.get(value) ?? [];
    if (reader === undefined || reader.domain !== "" || !view.passesTo(value, reader)) return undefined;
    if (reader.inputs[0] !== value) return undefined;
    const second = linearNode(view, reader);
    if (second !== undefined) {
      const repeat = second.inputs / first.outputs;
      // A product over the last axis meets a convolution's channels only where these were laid out flat.
      const isFlat = first.axis === 1 && view.types.get(value)!.dims.length === 2;
      const meets = isFlat ? Number.isInteger(repeat) : repeat === 1 && second.axis === first.axis;
      return meets && reader.op !== "ConvTranspose" && second.weights !== first.weights
        ? { first, second, repeat }
        : undefined;
    }
    const goesOn =
      HOMOGENEOUS.has(reader.op) ||
      (first.axis === 1 && BY_CHANNEL.has(reader.op) && keepsChannels(view, reader));
    if (!goesOn || reader.outputs.length !== 1) return undefined;
    value = reader.outputs[0]!;
  }
}

/** The largest size of the weights that belong to each channel. */
function sizes({ weights }: LinearNode, count: number, channelOf: (at: number) => number): Float64Array {
  const largest = new Float64Array(count);
  for (const [at, weight] of (weights.values as Float32Array).entries()) {
    const channel = channelOf(at);
    largest[channel] = Math.max(largest[channel]!, Math.abs(weight));
  }
  return largest;
}

/** Whether the largest of some channels is so many times the middle one of those that are not nothing. */
function areUneven(channels: Float64Array, times: number): boolean {
  const sorted = channels.filter((size) => size > 0 && Number.isFinite(size)).toSorted();
  return sorted.length > 0 && sorted.at(-1)! > times * sorted[Math.floor(sorted.length / 2)]!;
}

/** One sweep over the pairs of a graph; the largest factor that a channel got. */
function equalisedOnce(
  model: OnnxModel,
  beyond: number,
): { readonly model: OnnxModel; readonly most: number } {
  let most = 1;
  let now = model;
  let view = viewOf(now);
  for (const { outputs } of model.graph.nodes) {
    const node = view.makerOf.get(outputs[0]!);
    const pair = node && pairOf(view, node);
    if (pair === undefined) continue;
    const { first, second, repeat } = pair;
    const inputOf = (at: number): number => Math.floor(second.inputOf(at) / repeat);
    const gives = sizes(first, first.outputs, first.outputOf);
    const takes = sizes(second, first.outputs, inputOf);
    if (beyond > 0 && !areUneven(gives, beyond) && !areUneven(takes, beyond)) continue;
    const bias = first.bias?.values as Float32Array | undefined;
    // What is missing or infinite says nothing of the others' range.
    const sizeOf = (one: number): number => (Number.isFinite(one) ? Math.abs(one) : 0);
    const largest = [...gives, ...(bias ?? [])].reduce((size, one) => Math.max(size, sizeOf(one)), 0);
    const factors = gives.map((size, channel) => {
      const factor = Math.sqrt(size / takes[channel]!);
      if (!(factor > 0 && Number.isFinite(factor) && Number.isFinite(1 / factor))) return 1;
      // A channel of next to no weights is its bias: grown with them it would take the whole range for itself.
      return Math.max(factor, Math.min(1, sizeOf(bias?.[channel] ?? 0) / largest));
    });
    for (const factor of factors) most = Math.max(most, factor, 1 / factor);
    const less = withWeights(view, first, {
      weights: (weight, at) => weight / factors[first.outputOf(at)]!,
      bias: bias && Float64Array.from(bias, (value, at) => value / factors[at]!),
    });
    const shift = second.bias?.values as Float32Array | undefined;
    const more = withWeights(view, second, {
      weights: (weight, at) => weight * factors[inputOf(at)]!,
      bias: shift && Float64Array.from(shift),
    });
    const nodes = new Map([
      [first.node, [less.node]],
      [second.node, [more.node]],
    ]);
    now = edited(now, { nodes, constants: [...less.constants, ...more.constants] }, 1).model;
    view = viewOf(now);
  }
  return { model: now, most };
}

/** Channels that are so uneven share 256 steps badly: the middle one has 8 of them. */
export const UNEVEN = 32;

/**
 * The model with the ranges of channels evened out between neighbouring layers: what a layer gives in a channel is divided by a
 * factor that the next one multiplies it with, so that both have weights of one size there and no channel needs a range of its
 * own. The answers stay but for rounding.
 *
 * @param beyond evens only pairs of which one has a channel so many times as large as its middle one; all where it is 0
 *
 * Source: M. Nagel et al., "Data-free quantization through weight equalization and bias correction", ICCV 2019, section 4.1.
 */
export function equalised(model: OnnxModel, { beyond = 0 }: { readonly beyond?: number } = {}): OnnxModel {
  let now = model;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const { model: next, most } = equalisedOnce(now, beyond);
    now = next;
    if (most < 1.01) break;
  }
  return now;
}
