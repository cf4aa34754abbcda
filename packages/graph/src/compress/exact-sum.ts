import type { GraphView } from "../optimise/graph-view.ts";
import type { OnnxNode } from "../onnx.ts";
import { layersOf, type Layer } from "./layer.ts";
import type { LayerPrecision } from "./precision.ts";
import { SMALLEST_HALF } from "./stored-weight.ts";
import { groupsAlong, largestSizes, NOTHING } from "./whole-number.ts";

/** Operators that hand every number on, or combine it with others of its kind, so that its errors go on as they are. */
const ON: ReadonlySet<string> = new Set([
  "Abs",
  "Add",
  "Concat",
  "Flatten",
  "Identity",
  "Mul",
  "ReduceMean",
  "ReduceSum",
  "ReduceSumSquare",
  "Reshape",
  "Slice",
  "Split",
  "Sqrt",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
]);

/**
 * How many times the least factor of a norm the largest may be: inputs of a product share the scale of its weights, so
 * that a factor that is taken in costs the smallest weights so much of their eight bits; here two.
 */
const WIDEST = 4;

/** Whether factors are too far apart to be taken into weights of few bits. */
export function tooWide(factors: ArrayLike<number>): boolean {
  let [least, largest] = [Infinity, 0];
  for (let at = 0; at < factors.length; at++) {
    least = Math.min(least, Math.abs(factors[at]!));
    largest = Math.max(largest, Math.abs(factors[at]!));
  }
  return largest > WIDEST * least;
}

/** Whether a value is told by its logarithm before another layer reads it: then its small numbers count as its large ones. */
function reachesLog(view: GraphView, value: string, layers: ReadonlySet<OnnxNode>): boolean {
  const seen = new Set([value]);
  for (const name of seen)
    for (const reader of view.readersOf.get(name) ?? []) {
      if (reader.domain !== "" || layers.has(reader)) continue;
      if (reader.op === "Log") return true;
      if (ON.has(reader.op)) for (const output of reader.outputs) seen.add(output);
    }
  return false;
}

/** Whether columns of a value are features of several units: scaled by factors far apart, and not shifted before. */
function scaledApart(view: GraphView, value: string): boolean {
  const maker = view.makerOf.get(value);
  if (maker === undefined || maker.domain !== "") return false;
  if (maker.op === "Concat") return maker.inputs.some((part) => scaledApart(view, part));
  if (maker.op !== "Mul") return false;
  const [x, y] = maker.inputs as readonly [string, string];
  const factor = view.constants.get(x) ?? view.constants.get(y);
  const scaled = view.makerOf.get(view.constants.has(x) ? y : x);
  return factor !== undefined && scaled?.op !== "Sub" && tooWide(factor.values as Float32Array);
}

/**
 * The layers whose sums stay float32 in a graph of whole numbers, by name; their weights can have eight bits all the
 * same. They are those of features, as a spectrum has them: products that are told by their logarithms, and products of
 * columns whose ranges are so far apart that 256 numbers for all of them would leave some nothing.
 */
export function exactSums(view: GraphView): ReadonlySet<string> {
  const layers = layersOf(view);
  const nodes = new Set(layers.map(({ node }) => node));
  const isExact = ({ node, at }: Layer): boolean =>
    at === 1 && (scaledApart(view, node.inputs[0]!) || reachesLog(view, node.outputs[0]!, nodes));
  return new Set(layers.filter(isExact).map(({ name }) => name));
}

/** Whether each channel of a layer has numbers that half precision holds with all of its bits, or none to speak of. */
function halfHolds({ weights, axis }: Layer): boolean {
  const sizes = largestSizes(weights.values as Float32Array, groupsAlong(weights.dims, axis));
  const largest = Math.max(...sizes);
  return sizes.every((size) => size >= SMALLEST_HALF || size <= largest * NOTHING);
}

/**
 * The numbers of a layer whose sums must stay exact, where others have weights of so many bits. Rounding that rows make up for leaves
 * what matters; rounding to the nearest does not: what a wave of a spectrum gains or loses hears the mean of the signal, which is
 * hundreds of times what its logarithm tells. Half precision rounds sixteen times more finely than eight bits; it has no scale for
 * each channel, and a layer with a channel that is too small for it stays float32.
 */
export function exactPrecision(layer: Layer, compensated: boolean, weights: LayerPrecision): LayerPrecision {
  const wanted = compensated ? weights : "float16";
  return wanted === "float16" && !halfHolds(layer) ? "float32" : wanted;
}
