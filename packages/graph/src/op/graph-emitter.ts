import type { ElementType, TensorValues } from "../element-type.ts";
import type { Value } from "../value.ts";
import type { AttributeValue } from "./op-definition.ts";
import type { OpName } from "./op-name.ts";

/**
 * What writes nodes into a graph: a `GraphBuilder` as a gradient rule sees it. Attributes are not typed by the operator
 * here (an operator's own type would depend on itself), but are checked all the same when the node is made.
 */
export interface GraphEmitter {
  /** A constant with its shape (a vector by default). */
  constant(values: TensorValues, dims?: readonly number[]): Value;
  /** A scalar, float32 by default. */
  scalar(value: number, elementType?: ElementType): Value;
  /** An int64 vector, the form in which ONNX takes axes, shapes and bounds. */
  ints(values: readonly number[]): Value;
  /** Applies an operator and returns its (first) output. */
  op(
    name: OpName,
    inputs: readonly (Value | undefined)[],
    attributes?: Readonly<Record<string, AttributeValue | undefined>>,
  ): Value;
  /** As `op`, with every output. */
  ops(
    name: OpName,
    inputs: readonly (Value | undefined)[],
    attributes?: Readonly<Record<string, AttributeValue | undefined>>,
  ): readonly Value[];
}
