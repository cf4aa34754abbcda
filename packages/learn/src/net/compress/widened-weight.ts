import { ELEMENT_TYPES, type OnnxNode, type OnnxTensor } from "@tideline/graph";
import { scaledForm, wholeForm, type WholeForm } from "./whole-weight.ts";

/** Weights in whole numbers. */
export interface WholeWeights {
  readonly tensor: OnnxTensor;
  readonly form: WholeForm;
}

const is = ({ domain, op }: OnnxNode, wanted: string): boolean => domain === "" && op === wanted;

/**
 * The nodes that widen constants of whole numbers, by the node whose result is the weights: a DequantizeLinear, or the product of the
 * scales and a Cast, of which zeros may have been subtracted; and the nodes that are left to write, without those that only led there.
 */
export function wholeWeights(
  nodes: readonly OnnxNode[],
  constants: ReadonlyMap<string, OnnxTensor>,
): { readonly whole: ReadonlyMap<OnnxNode, WholeWeights>; readonly written: readonly OnnxNode[] } {
  const whole = new Map<OnnxNode, WholeWeights>();
  /** By value: the constant that was cast, what was subtracted of it, and the nodes that did. */
  const casts = new Map<string, { tensor: OnnxTensor; zero?: OnnxTensor; by: readonly OnnxNode[] }>();
  const led = new Set<OnnxNode>();
  for (const node of nodes) {
    const [first, second] = node.inputs.map((name) => constants.get(name));
    const cast = casts.get(node.inputs[0]!);
    const { to } = node.attributes;
    if (is(node, "DequantizeLinear") && first !== undefined) {
      const form = wholeForm(node, first.elementType, first.dims, (name) => constants.get(name));
      if (form !== undefined) whole.set(node, { tensor: first, form });
    } else if (is(node, "Cast") && first !== undefined) {
      const isWide = to?.type === "int" && to.value === ELEMENT_TYPES.float32.code;
      if (isWide) casts.set(node.outputs[0]!, { tensor: first, by: [node] });
    } else if (is(node, "Sub") && cast !== undefined && second !== undefined && cast.zero === undefined) {
      casts.set(node.outputs[0]!, { tensor: cast.tensor, zero: second, by: [...cast.by, node] });
    } else if (is(node, "Mul") && cast !== undefined && second !== undefined) {
      const form = scaledForm(cast.tensor, second, cast.zero);
      if (form === undefined) continue;
      whole.set(node, { tensor: cast.tensor, form });
      for (const one of cast.by) led.add(one);
    }
  }
  const written = new Set(nodes);
  // From the last on: what only a node that is gone reads goes with it.
  for (const node of nodes.toReversed()) {
    const isRead = (one: OnnxNode): boolean =>
      written.has(one) && !whole.has(one) && one.inputs.includes(node.outputs[0]!);
    if (led.has(node) && !nodes.some(isRead)) written.delete(node);
  }
  return { whole, written: [...written] };
}
