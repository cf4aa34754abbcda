import type { InferredCall } from "../../call.ts";
import type { OnnxNode } from "../../onnx.ts";
import { refusal } from "./classic-reason.ts";
import type { ClassicValue } from "./classic-value.ts";

/** Rows of the batch while a graph is followed: two, by which the batch is told from other axes. */
export const BATCH = 2;

/** A node with what its inputs are. */
export interface ClassicCall {
  readonly node: OnnxNode;
  readonly inputs: readonly (ClassicValue | undefined)[];
  readonly inferred: InferredCall;
}

/** The dims of an output without the batch. @throws a `ClassicRefusal` where the batch is not its first axis */
export function rowDims({ inferred, node }: ClassicCall, at = 0): readonly number[] {
  const dims = inferred.outputs[at]!.dims as readonly number[];
  if (dims[0] !== BATCH)
    throw refusal("its first axis is not the batch", "rows that stay by themselves", node);
  return dims.slice(1);
}
