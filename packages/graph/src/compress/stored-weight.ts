import { ELEMENT_TYPES } from "../element-type.ts";
import type { GraphView } from "../optimise/graph-view.ts";
import type { OnnxNode, OnnxTensor } from "../onnx.ts";
import { scaledWeights } from "../optimise/scaled-weight.ts";
import type { Layer } from "./layer.ts";
import {
  blocksAlong,
  groupsAlong,
  largestOf,
  largestSizes,
  symmetricScales,
  symmetricWhole,
  type ScaleGroups,
} from "./whole-number.ts";

/** Weights in whole numbers, before they are stored. */
export interface WholeWeights {
  readonly whole: Int8Array;
  readonly scales: Float32Array;
  readonly groups: ScaleGroups;
  readonly bits: 4 | 8;
  /** Places along the summed axis that share a scale; 0 where a place along the axis of outputs has one. */
  readonly block: number;
}

/** A layer's weights as a file stores them. */
export interface StoredWeights {
  /** The value that the layer reads. */
  readonly value: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  readonly bytes: number;
  readonly weightError: number;
}

/** Shares of the largest number at which the range of four bits is cut, of which the best is taken. */
const CUTS = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7];

/** The scales that move weights of four bits least, in squares, group by group. */
function leastSquaresScales(values: ArrayLike<number>, groups: ScaleGroups): Float32Array {
  const largest = largestSizes(values, groups);
  const best = symmetricScales(largest, 4);
  const least = new Float64Array(groups.count).fill(Infinity);
  const most = largestOf(4);
  for (const cut of CUTS) {
    const scales = symmetricScales(
      largest.map((size) => size * cut),
      4,
    );
    const lost = new Float64Array(groups.count);
    for (let at = 0; at < values.length; at++) {
      const group = groups.of(at);
      const [value, scale] = [values[at]!, scales[group]!];
      const whole = Math.max(-most, Math.min(most, Math.round(value / scale)));
      lost[group]! += (value - whole * scale) ** 2;
    }
    for (let group = 0; group < groups.count; group++)
      if (lost[group]! < least[group]!) [least[group], best[group]] = [lost[group]!, scales[group]!];
  }
  return best;
}

/** The scales of a layer's weights, and which of them each has. Blocks that would hold a few numbers only are left out. */
export function scalesOf(
  { weights: { values, dims }, axis, along }: Layer,
  bits: 4 | 8,
  block: number,
): Pick<WholeWeights, "scales" | "groups" | "block" | "bits"> {
  const length = dims[along]!;
  const blocked = block > 0 && length >= block / 2;
  // As many blocks as there must be, and as even as can be: what the last one lacks is stored as zeros.
  const even = Math.ceil(length / Math.ceil(length / block));
  const groups = blocked ? blocksAlong(dims, along, even) : groupsAlong(dims, axis);
  const numbers = values as Float32Array;
  const scales =
    bits === 4 ? leastSquaresScales(numbers, groups) : symmetricScales(largestSizes(numbers, groups), bits);
  return { scales, groups, bits, block: blocked ? even : 0 };
}

/** A layer's weights rounded to the nearest whole numbers. */
export function nearestWhole(layer: Layer, bits: 4 | 8, block: number): WholeWeights {
  const chosen = scalesOf(layer, bits, block);
  return {
    ...chosen,
    whole: symmetricWhole(layer.weights.values as Float32Array, chosen.groups, chosen.scales, bits),
  };
}

/** How far weights moved, relative to their size. */
function errorOf(values: Float32Array, now: (at: number) => number): number {
  let [moved, size] = [0, 0];
  for (const [at, value] of values.entries()) {
    moved += (value - now(at)) ** 2;
    size += value ** 2;
  }
  return size === 0 ? 0 : Math.sqrt(moved / size);
}

const intAttribute = (value: number) => ({ type: "int", value }) as const;

/** A node of one output, which has its name. */
function nodeOf(
  view: GraphView,
  op: string,
  inputs: readonly string[],
  wanted: string,
  attributes: OnnxNode["attributes"],
): OnnxNode {
  const name = view.fresh(wanted);
  return { name, op, domain: "", inputs, outputs: [name], attributes };
}

/** A layer's weights in a file, of which `made` are the constants and nodes. */
function storedAs(
  { weights }: Layer,
  { whole, scales, groups }: WholeWeights,
  made: Pick<StoredWeights, "nodes" | "constants">,
): StoredWeights {
  return {
    ...made,
    value: made.nodes.at(-1)!.outputs[0]!,
    bytes: made.constants.reduce((sum, { values }) => sum + values.byteLength, 0),
    weightError: errorOf(weights.values as Float32Array, (at) => whole[at]! * scales[groups.of(at)]!),
  };
}

/** Whole weights of eight bits beside what is rounded too: the node that widens them becomes part of an integer kernel. */
export function storedInteger(view: GraphView, layer: Layer, given: WholeWeights): StoredWeights {
  const { dims, name } = layer.weights;
  const { whole, scales } = given;
  const constants: readonly OnnxTensor[] = [
    { name: view.fresh(`${name}_int8`), elementType: "int8", dims, values: whole },
    { name: view.fresh(`${name}_scale`), elementType: "float32", dims: [scales.length], values: scales },
    // Integer kernels want one.
    {
      name: view.fresh(`${name}_zero`),
      elementType: "int8",
      dims: [scales.length],
      values: new Int8Array(scales.length),
    },
  ];
  const inputs = constants.map((tensor) => tensor.name);
  const node = nodeOf(view, "DequantizeLinear", inputs, `${name}_wide`, { axis: intAttribute(layer.axis) });
  return storedAs(layer, given, { nodes: [node], constants });
}

/** Whole weights that are read as float32. */
export function storedWhole(view: GraphView, layer: Layer, given: WholeWeights): StoredWeights {
  const {
    weights: { dims, name },
    axis,
    along,
  } = layer;
  const { whole, scales, bits, block } = given;
  const blocks = block === 0 ? { axis, block } : { axis: along, block };
  const elementType = bits === 8 ? "int8" : "int4";
  return storedAs(layer, given, scaledWeights(view, { name, elementType, dims, whole, scales, ...blocks }));
}

/** The largest finite float16. */
const LARGEST_HALF = 65_504;

/** The smallest float16 with all of its bits. */
export const SMALLEST_HALF = 2 ** -14;

/** Weights in half precision, where their numbers fit. */
export function storedHalf(view: GraphView, { weights }: Layer): StoredWeights | undefined {
  const { dims, name } = weights;
  const numbers = weights.values as Float32Array;
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest > LARGEST_HALF || largest < SMALLEST_HALF) return undefined;
  const values = Float16Array.from(numbers);
  const half: OnnxTensor = { name: view.fresh(`${name}_float16`), elementType: "float16", dims, values };
  const node = nodeOf(view, "Cast", [half.name], `${name}_wide`, {
    to: intAttribute(ELEMENT_TYPES.float32.code),
  });
  return {
    value: node.name,
    nodes: [node],
    constants: [half],
    bytes: values.byteLength,
    weightError: errorOf(numbers, (at) => values[at]!),
  };
}
