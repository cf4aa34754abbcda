import { isComputable, NUMBER_TYPES } from "./element-type.ts";
import { formatType, tensorTypeOf, type OnnxGraph, type TensorType } from "./onnx.ts";
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
