import { numbersOf } from "../computable.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx.ts";
import { viewOf, type GraphView } from "./graph-view.ts";
import { edited, type Pass, type Rewritten } from "./pass.ts";
import { isWeightType, scaledWeights, type ScaledWeights } from "./scaled-weight.ts";

/** The layers that read weights. */
const LAYERS: ReadonlySet<string> = new Set([
  "Conv",
  "ConvTranspose",
  "GRU",
  "Gather",
  "Gemm",
  "LSTM",
  "MatMul",
  "RNN",
]);

/** Whether a node widens what was rounded before, so that a layer behind it becomes an integer kernel. */
const widensRounded = (view: GraphView, value: string): boolean => {
  const maker = view.makerOf.get(value);
  return maker?.op === "DequantizeLinear" && !view.constants.has(maker.inputs[0]!);
};

const numberOf = ({ attributes }: OnnxNode, name: string, absent: number): number => {
  const attribute = attributes[name];
  return attribute?.type === "int" ? attribute.value : absent;
};

/** The weights that a DequantizeLinear widens for layers that compute in float32, and for nothing else. */
function weightsOf(view: GraphView, node: OnnxNode): ScaledWeights | undefined {
  if (node.domain !== "" || node.op !== "DequantizeLinear") return undefined;
  const output = node.outputs[0]!;
  const [tensor, scale] = node.inputs.map((name) => view.constants.get(name));
  const zero = (node.inputs[2] ?? "") === "" ? undefined : view.constants.get(node.inputs[2]!);
  const readers = view.readersOf.get(output) ?? [];
  if (tensor === undefined || !isWeightType(tensor.elementType) || tensor.dims.length === 0) return undefined;
  if (scale?.elementType !== "float32" || (zero === undefined && (node.inputs[2] ?? "") !== ""))
    return undefined;
  if (view.types.get(output)?.elementType !== "float32") return undefined;
  if (view.graph.outputs.some(({ name }) => name === output)) return undefined;
  const inFloat = ({ domain, op, inputs }: OnnxNode): boolean =>
    domain === "" && LAYERS.has(op) && !inputs.some((name) => widensRounded(view, name));
  if (readers.length === 0 || !readers.every(inFloat)) return undefined;
  const axis = numberOf(node, "axis", 1);
  const zeros = zero === undefined ? undefined : Float32Array.from(numbersOf(zero));
  return {
    name: output,
    elementType: tensor.elementType,
    dims: tensor.dims,
    whole: numbersOf(tensor),
    scales: scale.values as Float32Array,
    ...(zeros?.some((value) => value !== 0) && { zeros }),
    axis:
      scale.values.length === 1 && axis >= tensor.dims.length
        ? 0
        : axis < 0
          ? axis + tensor.dims.length
          : axis,
    block: numberOf(node, "block_size", 0),
  };
}

/**
 * Says weights of whole numbers by a Cast and a product where layers compute in float32 ({@link scaledWeights} tells why). Where what a
 * layer reads was rounded as well, the DequantizeLinear stays: both become an integer kernel.
 */
export const scaleWeights: Pass = {
  bound: 0,
  rewrite(model: OnnxModel): Rewritten {
    const view = viewOf(model);
    const nodes = new Map<OnnxNode, readonly OnnxNode[]>();
    const constants: OnnxTensor[] = [];
    for (const node of view.graph.nodes) {
      const weights = weightsOf(view, node);
      if (weights === undefined) continue;
      const made = scaledWeights(view, weights);
      const last = made.nodes.at(-1)!;
      constants.push(...made.constants);
      nodes.set(node, [...made.nodes.slice(0, -1), { ...last, outputs: node.outputs }]);
    }
    return edited(model, { nodes, constants }, nodes.size);
  },
};
