import type { ElementwiseOpName } from "./elementwise-ops.ts";
import type { NetworkOpName } from "./network-ops.ts";
import type { ReductionOpName } from "./reduction-ops.ts";
import type { ShapeOpName } from "./shape-ops.ts";
import type { TreeOpName } from "./tree-ops.ts";

/** The operators that a graph of ours may use, named as in ONNX. */
export type OpName = ElementwiseOpName | ReductionOpName | ShapeOpName | NetworkOpName | TreeOpName;
