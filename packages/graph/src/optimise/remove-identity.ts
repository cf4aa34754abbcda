import type { OnnxModel, OnnxNode } from "../onnx.ts";
import { viewOf, type GraphView } from "./graph-view.ts";
import { edited, renamedInputs, type Pass, type Rewritten } from "./pass.ts";

/** Operators that give back their first input when its type and shape are those of the result. */
const KEEPERS = new Set([
  "Identity",
  "Cast",
  "Reshape",
  "Flatten",
  "Squeeze",
  "Unsqueeze",
  "Expand",
  "Dropout",
]);

/** Whether the order of axes stays. */
function keepsOrder({ attributes }: OnnxNode): boolean {
  const { perm } = attributes;
  return perm?.type === "ints" && perm.value.every((from, axis) => from === axis);
}

/** Whether a Resize reads all of its input: it gives that back where no length changes. */
function readsAll({ attributes }: OnnxNode): boolean {
  const mode = attributes["coordinate_transformation_mode"];
  return mode?.type !== "string" || mode.value !== "tf_crop_and_resize";
}

/** Whether a node gives back its first input, all of whose lengths are known to be the result's. */
function givesBack(view: GraphView, node: OnnxNode): boolean {
  const keeps =
    KEEPERS.has(node.op) ||
    (node.op === "Transpose" && keepsOrder(node)) ||
    (node.op === "Resize" && readsAll(node));
  if (node.domain !== "" || !keeps) return false;
  if (node.outputs.slice(1).some((name) => name !== "")) return false;
  const [from, to] = [view.types.get(node.inputs[0]!)!, view.types.get(node.outputs[0]!)!];
  return from.elementType === to.elementType && from.dims.join() === to.dims.join();
}

/**
 * Removes nodes that give back what they are given: Identity, Dropout, a Cast to the same type, a Reshape to the same
 * shape, a Resize to the same lengths. One that gives an input or a constant of the graph its name as an output stays.
 */
export const removeIdentity: Pass = {
  bound: 0,
  rewrite(model: OnnxModel): Rewritten {
    const view = viewOf(model);
    const results = new Set(view.graph.outputs.map(({ name }) => name));
    const nodes = new Map<OnnxNode, readonly OnnxNode[]>();
    const names = new Map<string, string>();
    let rewrites = 0;
    for (const node of view.graph.nodes) {
      const own = renamedInputs(node, names);
      const [from, to] = [own.inputs[0]!, node.outputs[0]!];
      if (givesBack(view, node) && !results.has(to)) {
        names.set(to, from);
        nodes.set(node, []);
        rewrites += 1;
      } else if (own !== node) nodes.set(node, [own]);
    }
    return edited(model, { nodes }, rewrites);
  },
};
