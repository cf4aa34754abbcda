import { packNibbles } from "../computable.ts";
import { ELEMENT_TYPES } from "../element-type.ts";
import { elementCount, type OnnxNode, type OnnxTensor } from "../onnx.ts";
import type { GraphView } from "./graph-view.ts";

/** Types of whole numbers that weights are stored in, and how their constants hold them. */
const VALUES = {
  int4: packNibbles,
  uint4: packNibbles,
  int8: (numbers: ArrayLike<number>) => Int8Array.from(numbers),
  uint8: (numbers: ArrayLike<number>) => Uint8Array.from(numbers),
} as const;

/** A type of whole numbers that weights are stored in. */
export type WeightType = keyof typeof VALUES;

/** Whether weights are stored in a type of whole numbers. */
export const isWeightType = (type: string): type is WeightType => Object.hasOwn(VALUES, type);

/** Whole numbers that stand for weights: `scale * (whole - zero)`. */
export interface ScaledWeights {
  /** What constants and values are named after. */
  readonly name: string;
  readonly elementType: WeightType;
  readonly dims: readonly number[];
  /** In row-major order. */
  readonly whole: ArrayLike<number>;
  /** One for all, one for each place along the axis, or one for each block along it at every place of the others. */
  readonly scales: Float32Array;
  /** As many as there are scales; without it each zero is 0. */
  readonly zeros?: Float32Array;
  readonly axis: number;
  /** So many places along the axis share a scale; 0 where there are no blocks. */
  readonly block: number;
}

/** Numbers with zeros behind them along an axis, up to a length. */
function lengthened({ whole, dims, axis }: ScaledWeights, length: number): Float64Array {
  const inner = elementCount(dims.slice(axis + 1));
  const [from, to] = [dims[axis]! * inner, length * inner];
  const longer = new Float64Array((whole.length / from) * to);
  for (let at = 0; at < whole.length; at++) longer[Math.floor(at / from) * to + (at % from)] = whole[at]!;
  return longer;
}

/**
 * Weights that are read as float32: a Cast and a product with the scales, which a runtime computes once when it loads. A
 * DequantizeLinear says the same and must not stand here: ONNX Runtime from 1.25 on (of four bits from 1.19) joins it with the MatMul or
 * Gemm behind it to a kernel that rounds what is multiplied to 8 bits too, and where it does not it widens the weights anew in every run.
 * Blocks have an axis of their own until they are scaled; what the last one lacks is stored as zeros and cut off.
 *
 * @returns constants and nodes, of which the last makes the weights
 */
export function scaledWeights(
  view: GraphView,
  weights: ScaledWeights,
): { readonly nodes: readonly OnnxNode[]; readonly constants: readonly OnnxTensor[] } {
  const { name, elementType, dims, scales, zeros, axis } = weights;
  const length = dims[axis]!;
  const block = Math.min(weights.block, length);
  const blocks = block === 0 ? 0 : Math.ceil(length / block);
  const long = block === 0 ? length : blocks * block;
  const parted = block === 0 ? dims : dims.toSpliced(axis, 1, blocks, block);
  const each = [length, ...dims.slice(axis + 1).fill(1)];
  const scaleDims = block === 0 ? (scales.length === 1 ? [] : each) : parted.with(axis + 1, 1);
  const nodes: OnnxNode[] = [];
  const constants: OnnxTensor[] = [];
  const constant = (wanted: string, tensor: Omit<OnnxTensor, "name">): string => {
    constants.push({ name: view.fresh(wanted), ...tensor });
    return constants.at(-1)!.name;
  };
  const lengths = (list: readonly number[]): string =>
    constant("lengths", {
      elementType: "int64",
      dims: [list.length],
      values: BigInt64Array.from(list, BigInt),
    });
  const then = (op: string, inputs: readonly string[], attributes: OnnxNode["attributes"] = {}): string => {
    // Short: each name stands in the file three times.
    const made = view.fresh("wide");
    nodes.push({ name: made, op, domain: "", inputs, outputs: [made], attributes });
    return made;
  };
  const values = VALUES[elementType](long === length ? weights.whole : lengthened(weights, long));
  const numbers = constant(`${name}_${elementType}`, { elementType, dims: parted, values });
  let value = then("Cast", [numbers], { to: { type: "int", value: ELEMENT_TYPES.float32.code } });
  if (zeros !== undefined)
    value = then("Sub", [
      value,
      constant(`${name}_zero`, { elementType: "float32", dims: scaleDims, values: zeros }),
    ]);
  value = then("Mul", [
    value,
    constant(`${name}_scale`, { elementType: "float32", dims: scaleDims, values: scales }),
  ]);
  if (block !== 0) value = then("Reshape", [value, lengths(dims.with(axis, long))]);
  if (long !== length) then("Slice", [value, lengths([0]), lengths([length]), lengths([axis])]);
  return { nodes, constants };
}
