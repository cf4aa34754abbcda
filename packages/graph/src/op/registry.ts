import { ELEMENTWISE_OPS } from "./elementwise-ops.ts";
import { NETWORK_OPS } from "./network-ops.ts";
import { REDUCTION_OPS } from "./reduction-ops.ts";
import { SHAPE_OPS } from "./shape-ops.ts";
import { TREE_OPS } from "./tree-ops.ts";
import type { OpDefinition } from "./op-definition.ts";
import type { OpName } from "./op-name.ts";

/** Every operator by its ONNX name. */
export const OPS = {
  ...ELEMENTWISE_OPS,
  ...REDUCTION_OPS,
  ...SHAPE_OPS,
  ...NETWORK_OPS,
  ...TREE_OPS,
} satisfies Record<OpName, OpDefinition>;

/** Whether a name is that of an operator we know. */
export function isOpName(name: string): name is OpName {
  return Object.hasOwn(OPS, name);
}
