import { isComputable, NUMBER_TYPES } from "./element-type.ts";
import {
  elementCount,
  formatType,
  tensorTypeOf,
  type OnnxGraph,
  type OnnxTensor,
  type TensorType,
} from "./onnx.ts";
import { unsupported } from "./unsupported.ts";

/**
 * Wants of a node's values element types that kernels compute on: others we only carry from file to file.
 *
 * @throws MODEL_UNSUPPORTED naming the type.
 */
export function demandNumbers(who: string, values: readonly (TensorType | undefined)[]): void {
  const other = values.find((value) => value !== undefined && !isComputable(value.elementType));
  if (other !== undefined)
    throw unsupported(who, `a type among ${NUMBER_TYPES.join(", ")}`, formatType(other));
}

/**
 * Wants of a graph that its inputs are dense tensors with a shape and that its constants are dense and at hand.
 *
 * @throws MODEL_UNSUPPORTED naming the value.
 */
export function demandComputable(who: string, graph: OnnxGraph): void {
  for (const input of graph.inputs)
    if (tensorTypeOf(input) === undefined)
      throw unsupported(
        who,
        `input "${input.name}" as a tensor with a shape`,
        input.type?.kind === "tensor"
          ? `${input.elementType} without one`
          : `a type of kind ${input.type?.kind}`,
      );
  const away = graph.initializers.find((tensor) => tensor.external !== undefined);
  if (away !== undefined)
    throw unsupported(
      who,
      `initializer "${away.name}" with its values`,
      'one that was read with external: "keep"',
    );
  const sparse = graph.sparseInitializers?.[0];
  if (sparse !== undefined) throw unsupported(who, "dense initializers", `sparse "${sparse.values.name}"`);
}

/** Whether a tensor is of numbers of four bits: nothing computes on them but what widens them. */
export function isNibble({ elementType }: Pick<TensorType, "elementType">): boolean {
  return elementType === "int4" || elementType === "uint4";
}

/** The numbers of a constant: those of four bits lie two in a byte, the first in its lower half. */
export function numbersOf({ elementType, dims, values }: OnnxTensor): Float64Array {
  if (!isNibble({ elementType })) return Float64Array.from(values as ArrayLike<number | bigint>, Number);
  return Float64Array.from({ length: elementCount(dims) }, (_, at) => {
    const half = (Number(values[at >> 1]) >> (at % 2 === 0 ? 0 : 4)) & 15;
    return elementType === "int4" && half > 7 ? half - 16 : half;
  });
}

/** Whole numbers of four bits as ONNX stores them: two a byte, the first in the lower half. */
export function packNibbles(whole: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(whole.length / 2));
  for (let at = 0; at < whole.length; at++) bytes[at >> 1]! |= (whole[at]! & 15) << (at % 2 === 0 ? 0 : 4);
  return bytes;
}
