import { ELEMENT_TYPES, type OnnxNode, type OnnxTensor } from "@tideline/graph";
import { scaledForm, wholeForm, type WholeForm } from "./whole-weight.ts";

/** Weights in whole numbers. */
export interface WholeWeights {
  readonly tensor: OnnxTensor;
  readonly form: WholeForm;
}

const is = ({ domain, op }: OnnxNode, wanted: string): boolean => domain === "" && op === wanted;

/**
 * The nodes that widen constants of whole numbers, by the node whose result is the weights: a DequantizeLinear, or the product of a Cast
 * and the scales; and the nodes that are left to write, without such Casts.
 */
export function wholeWeights(
  nodes: readonly OnnxNode[],
  constants: ReadonlyMap<string, OnnxTensor>,
): { readonly whole: ReadonlyMap<OnnxNode, WholeWeights>; readonly written: readonly OnnxNode[] } {
  const whole = new Map<OnnxNode, WholeWeights>();
  const casts = new Map<string, { readonly node: OnnxNode; readonly tensor: OnnxTensor }>();
  const scaled = new Set<OnnxNode>();
  const add = (node: OnnxNode, tensor: OnnxTensor, form: WholeForm | undefined): boolean => {
    if (form !== undefined) whole.set(node, { tensor, form });
    return form !== undefined;
  };
  for (const node of nodes) {
    const tensor = constants.get(node.inputs[0] ?? "");
    if (is(node, "DequantizeLinear") && tensor !== undefined)
      add(
        node,
        tensor,
        wholeForm(node, tensor.elementType, tensor.dims, (name) => constants.get(name)),
      );
    const { to } = node.attributes;
    const isWide = to?.type === "int" && to.value === ELEMENT_TYPES.float32.code;
    if (is(node, "Cast") && tensor !== undefined && isWide) casts.set(node.outputs[0]!, { node, tensor });
    if (!is(node, "Mul")) continue;
    const cast = casts.get(node.inputs[0]!);
    const scale = constants.get(node.inputs[1]!);
    if (cast !== undefined && scale !== undefined && add(node, cast.tensor, scaledForm(cast.tensor, scale)))
      scaled.add(cast.node);
  }
  const isRead = ({ outputs }: OnnxNode): boolean =>
    nodes.some((node) => !whole.has(node) && node.inputs.includes(outputs[0]!));
  return { whole, written: nodes.filter((node) => !scaled.has(node) || isRead(node)) };
}
