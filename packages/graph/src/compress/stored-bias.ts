import type { GraphView } from "../optimise/graph-view.ts";
import type { OnnxNode, OnnxTensor } from "../onnx.ts";
import type { Layer } from "./layer.ts";
import type { WholeWeights } from "./stored-weight.ts";
import { groupsAlong, largestSizes, symmetricWhole, type Affine8 } from "./whole-number.ts";

/** Steps of a bias that stands alone: twice as fine as a float32 says it. */
const FREE = 2 ** 25;

/** The largest number of float32. */
const MOST = 3.4028234663852886e38;

/** Whole weights whose scales are wide enough for the layer's bias in 32 bits. */
export function wholeWithBias(
  { weights, axis, linear }: Layer,
  x: Affine8,
  given: WholeWeights,
): WholeWeights {
  const values = weights.values as Float32Array;
  const groups = groupsAlong(weights.dims, axis);
  const bias = linear!.bias?.values as Float32Array | undefined;
  // Beyond this many steps of the product's scale a bias has no 32 bits.
  const most = 2 ** 31 - 256;
  const fits = (scale: number, at: number): boolean => scale * x.scale * most >= Math.abs(bias?.[at] ?? 0);
  const largest = largestSizes(values, groups);
  const { scales } = given;
  // Where all weights are zero any scale will do for them: the bias gets one that leaves it all bits of float32.
  const isFree = (at: number): boolean => largest[at] === 0 && (bias?.[at] ?? 0) !== 0;
  if (scales.every((scale, at) => fits(scale, at) && !isFree(at))) return given;
  const wide = scales.map((scale, at) => {
    const free = isFree(at) ? Math.fround(Math.abs(bias![at]!) / FREE / x.scale) : 0;
    if (free > 0 && free < Infinity && fits(free, at)) return free;
    return fits(scale, at) ? scale : Math.abs(bias![at]!) / most / x.scale;
  });
  return { whole: symmetricWhole(values, groups, wide, 8), scales: wide, groups, bits: 8, block: 0 };
}

/** A layer's bias in 32 bits, in steps of the product of both scales, and the node that widens it. */
export function storedBias(
  view: GraphView,
  { linear }: Layer,
  { scales: weightScales }: WholeWeights,
  x: Affine8,
): { readonly constants: readonly OnnxTensor[]; readonly node: OnnxNode } | undefined {
  const { bias } = linear!;
  if (bias === undefined) return undefined;
  // A step that float32 cannot say is one beside which the bias is nothing.
  const scales = weightScales.map((scale) => Math.min(scale * x.scale, MOST));
  const constants: readonly OnnxTensor[] = [
    {
      name: view.fresh(`${bias.name}_int32`),
      elementType: "int32",
      dims: [scales.length],
      values: Int32Array.from(bias.values as Float32Array, (value, at) => Math.round(value / scales[at]!)),
    },
    {
      name: view.fresh(`${bias.name}_scale`),
      elementType: "float32",
      dims: [scales.length],
      values: scales,
    },
  ];
  const value = view.fresh(`${bias.name}_wide`);
  const node: OnnxNode = {
    name: value,
    op: "DequantizeLinear",
    domain: "",
    inputs: constants.map(({ name }) => name),
    outputs: [value],
    attributes: { axis: { type: "int", value: 0 } },
  };
  return { constants, node };
}
