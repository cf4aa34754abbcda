import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx.ts";
import { viewOf, type GraphView } from "./graph-view.ts";
import { linearNode, withWeights } from "./linear-node.ts";
import { edited, type Pass, type Rewritten } from "./pass.ts";

/** The factor and the shift of each channel of a normalisation with constant statistics. */
export function affineOf(
  view: GraphView,
  node: OnnxNode,
): { readonly factor: Float64Array; readonly shift: Float64Array } | undefined {
  const [scale, offset, mean, variance] = node.inputs
    .slice(1, 5)
    .map((name) => view.constants.get(name)?.values as ArrayLike<number | bigint> | undefined);
  const { epsilon, training_mode } = node.attributes;
  const trains = training_mode?.type === "int" && training_mode.value !== 0;
  if (trains || !scale || !offset || !mean || !variance) return undefined;
  const floor = epsilon?.type === "float" ? epsilon.value : 1e-5;
  const factor = Float64Array.from(
    scale,
    (value, at) => Number(value) / Math.sqrt(Number(variance[at]) + floor),
  );
  const shift = Float64Array.from(offset, (value, at) => Number(value) - Number(mean[at]) * factor[at]!);
  return { factor, shift };
}

/**
 * Takes a batch normalisation into the convolution or product before it, whose result nothing else reads:
 * `w' = w * s / sqrt(var + eps)`, `b' = (b - mean) * s / sqrt(var + eps) + offset`.
 * Source: B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
 * inference", CVPR 2018, section 3.2.
 */
export const fuseBatchNorm: Pass = {
  bound: 1e-5,
  rewrite(model: OnnxModel): Rewritten {
    const view = viewOf(model);
    const nodes = new Map<OnnxNode, readonly OnnxNode[]>();
    const constants: OnnxTensor[] = [];
    for (const norm of view.graph.nodes) {
      if (norm.op !== "BatchNormalization" || norm.domain !== "") continue;
      const maker = view.makerOf.get(norm.inputs[0]!);
      if (maker === undefined || !view.passesTo(norm.inputs[0]!, norm) || nodes.has(maker)) continue;
      const linear = linearNode(view, maker);
      const affine = affineOf(view, norm);
      if (linear === undefined || affine === undefined || affine.factor.length !== linear.outputs) continue;
      // The channels of a product are its last axis, those of a normalisation the second.
      if (linear.axis === -1 && view.types.get(norm.inputs[0]!)!.dims.length !== 2) continue;
      const { factor, shift } = affine;
      const before = linear.bias?.values as Float32Array | undefined;
      const fused = withWeights(view, linear, {
        weights: (weight, at) => weight * factor[linear.outputOf(at)]!,
        bias: shift.map((value, at) => value + (before?.[at] ?? 0) * factor[at]!),
      });
      constants.push(...fused.constants);
      nodes.set(maker, [{ ...fused.node, outputs: [norm.outputs[0]!] }]);
      nodes.set(norm, []);
    }
    return edited(model, { nodes, constants }, nodes.size / 2);
  },
};
