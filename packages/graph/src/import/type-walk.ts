import { isTidelineError } from "@tideline/spec";
import { findDefinition, inferCall } from "../call.ts";
import { numbersOf } from "../computable.ts";
import { tensorTypeOf, type OnnxModel, type OnnxNode, type OnnxTensor } from "../onnx.ts";
import type { OpInput } from "../op/op-definition.ts";

/** The longest constant that may decide a shape. */
const SHAPE_VALUES = 1024;

/** Types of values, and numbers that are known before the graph runs, node by node. */
export interface TypeWalk {
  readonly types: ReadonlyMap<string, OpInput>;
  readonly hold: (tensor: OnnxTensor) => void;
  readonly follow: (node: OnnxNode) => void;
}

/** Follows the types of values through nodes in the present form, as far as they are known. */
export function typeWalk({ graph }: OnnxModel): TypeWalk {
  const types = new Map<string, OpInput>();
  const hold = (tensor: OnnxTensor): void => {
    const { name, elementType, dims, values } = tensor;
    const decides = values.length <= SHAPE_VALUES && elementType !== "string";
    types.set(name, { elementType, dims, ...(decides && { constant: numbersOf(tensor) }) });
  };
  const follow = (node: OnnxNode): void => {
    if (findDefinition(node) === undefined || node.inputs.some((name) => name !== "" && !types.has(name)))
      return;
    try {
      const inputs = node.inputs.map((name) => types.get(name));
      const { outputs } = inferCall(node, inputs, graph.name);
      for (const [at, name] of node.outputs.entries()) if (name !== "") types.set(name, outputs[at]!);
    } catch (error) {
      // What is illegal is told by `checkModel`; here its type is not known.
      if (!isTidelineError(error)) throw error;
    }
  };
  for (const input of graph.inputs) {
    const type = tensorTypeOf(input);
    if (type !== undefined) types.set(input.name, type);
  }
  for (const tensor of graph.initializers) hold(tensor);
  return { types, hold, follow };
}
