import { ELEMENT_TYPES } from "../element-type.ts";
import type { GraphView } from "../optimise/graph-view.ts";
import type { OnnxNode, OnnxTensor } from "../onnx.ts";
import type { Layer } from "./layer.ts";
import {
  blocksAlong,
  groupsAlong,
  largestOf,
  largestSizes,
  packNibbles,
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
  const blocked = block > 0 && dims[along]! >= block / 2;
  const groups = blocked ? blocksAlong(dims, along, block) : groupsAlong(dims, axis);
  const numbers = values as Float32Array;
  const scales =
    bits === 4 ? leastSquaresScales(numbers, groups) : symmetricScales(largestSizes(numbers, groups), bits);
  return { scales, groups, bits, block: blocked ? block : 0 };
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

/** Whole weights as constants of a graph, and the node that widens them. */
export function storedWhole(
  view: GraphView,
  { weights, axis, along }: Layer,
  { whole, scales, groups, bits, block }: WholeWeights,
  /** Whether a zero point stands beside the scales, which integer kernels want. */
  zeroPoint: boolean,
): StoredWeights {
  const { dims, name } = weights;
  const scaleDims = block === 0 ? [dims[axis]!] : dims.with(along, Math.ceil(dims[along]! / block));
  const elementType = bits === 8 ? "int8" : "int4";
  const constants: OnnxTensor[] = [
    {
      name: view.fresh(`${name}_${elementType}`),
      elementType,
      dims,
      values: bits === 8 ? whole : packNibbles(whole),
    },
    { name: view.fresh(`${name}_scale`), elementType: "float32", dims: scaleDims, values: scales },
  ];
  if (zeroPoint)
    constants.push({
      name: view.fresh(`${name}_zero`),
      elementType: "int8",
      dims: scaleDims,
      values: new Int8Array(scales.length),
    });
  const value = view.fresh(`${name}_wide`);
  const node: OnnxNode = {
    name: value,
    op: "DequantizeLinear",
    domain: "",
    inputs: constants.map((tensor) => tensor.name),
    outputs: [value],
    attributes:
      block === 0
        ? { axis: intAttribute(axis) }
        : { axis: intAttribute(along), block_size: intAttribute(block) },
  };
  return {
    value,
    nodes: [node],
    constants,
    bytes: constants.reduce((sum, { values }) => sum + values.byteLength, 0),
    weightError: errorOf(weights.values as Float32Array, (at) => whole[at]! * scales[groups.of(at)]!),
  };
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
  const value = view.fresh(`${name}_wide`);
  const node: OnnxNode = {
    name: value,
    op: "Cast",
    domain: "",
    inputs: [half.name],
    outputs: [value],
    attributes: { to: intAttribute(ELEMENT_TYPES.float32.code) },
  };
  return {
    value,
    nodes: [node],
    constants: [half],
    bytes: values.byteLength,
    weightError: errorOf(numbers, (at) => values[at]!),
  };
}
