import { inferCall } from "../call.ts";
import { isNibble, numbersOf } from "../computable.ts";
import { ELEMENT_TYPES, isComputable, valuesOf } from "../element-type.ts";
import { elementCount, type OnnxModel, type OnnxNode, type OnnxTensor } from "../onnx.ts";
import { isExact } from "../known-value.ts";
import type { Tensor } from "../op/op-definition.ts";
import { viewOf } from "./graph-view.ts";
import { edited, type Pass, type Rewritten } from "./pass.ts";
import { isWeightType } from "./scaled-weight.ts";

/** A folded result may have this many elements, or as many as went into it: folding must not blow a file up. */
const FREE_ELEMENTS = 4096;

/** A constant in double precision, or undefined where a number does not fit. */
function tensorOf(tensor: OnnxTensor): Tensor | undefined {
  const { elementType, dims, values } = tensor;
  if (!isComputable(elementType) && !isNibble(tensor)) return undefined;
  const numbers = numbersOf(tensor);
  const whole = values instanceof BigInt64Array || values instanceof BigUint64Array;
  return whole && !numbers.every(Number.isSafeInteger) ? undefined : { elementType, dims, values: numbers };
}

/** Whether a node only widens stored numbers, which a file holds in the narrow type on purpose. */
function widens(
  { op, attributes: { to } }: OnnxNode,
  inputs: readonly (Tensor | undefined)[],
  keepsWhole: boolean,
): boolean {
  if (op === "DequantizeLinear") return keepsWhole;
  const from = inputs[0]?.elementType ?? "";
  if (op !== "Cast") return false;
  const isWide = to?.type === "int" && to.value === ELEMENT_TYPES.float32.code;
  return from === "float16" || (keepsWhole && isWide && isWeightType(from));
}

/** @param keepsWhole whether weights in whole numbers stay so, which a file holds in the narrow type on purpose. */
function folded(model: OnnxModel, keepsWhole: boolean): Rewritten {
  const { graph, constants: given } = viewOf(model);
  const ends = new Set(graph.outputs.map(({ name }) => name));
  const constants = new Map(given);
  const results: OnnxTensor[] = [];
  const nodes = new Map<OnnxNode, readonly OnnxNode[]>();
  for (const node of graph.nodes) {
    if (node.inputs.some((name) => name !== "" && !constants.has(name))) continue;
    if (node.outputs.some((name) => ends.has(name))) continue;
    const inputs = node.inputs.map((name) => (name === "" ? undefined : tensorOf(constants.get(name)!)));
    if (inputs.some((input, at) => input === undefined && node.inputs[at] !== "")) continue;
    if (widens(node, inputs, keepsWhole)) continue;
    const known = inputs.map((input) => input && { ...input, constant: input.values });
    const { definition, attributes, outputs } = inferCall(node, known, graph.name);
    const shapes = outputs.map(({ elementType, dims }) => ({
      elementType,
      dims: dims as readonly number[],
    }));
    if (shapes.some(({ dims }) => dims.some((dim) => typeof dim !== "number"))) continue;
    const size = shapes.reduce((sum, { dims }) => sum + elementCount(dims), 0);
    const fed = inputs.reduce((sum, input) => sum + (input?.values.length ?? 0), 0);
    if (size > Math.max(FREE_ELEMENTS, fed)) continue;
    const values = definition.evaluate({ inputs, attributes, outputs: shapes });
    if (!isExact(node.op, inputs, shapes, values)) continue;
    for (const [at, name] of node.outputs.entries()) {
      if (name === "") continue;
      const { elementType, dims } = shapes[at]!;
      const tensor = { name, elementType, dims, values: valuesOf(elementType, Array.from(values[at]!)) };
      results.push(tensor);
      constants.set(name, tensor);
    }
    nodes.set(node, []);
  }
  return edited(model, { nodes, constants: results }, nodes.size);
}

/**
 * Computes nodes whose inputs are all constant, by the reference kernels in double precision and rounded once to the
 * element type. A runtime would have rounded after each of the nodes, hence the bound.
 * Weights in whole numbers stay, with the nodes that widen them.
 */
export const foldConstants: Pass = { bound: 1e-6, rewrite: (model) => folded(model, true) };

/** As `foldConstants`, and weights in whole numbers become float32 too: for formats that round weights their own way. */
export const foldAllConstants: Pass = { bound: 1e-6, rewrite: (model) => folded(model, false) };
