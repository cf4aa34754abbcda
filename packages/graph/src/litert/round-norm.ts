import { normsAhead } from "../compress/fuse-norm-ahead.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx.ts";
import { viewOf } from "../optimise/graph-view.ts";
import { linearNode, withAffine } from "../optimise/linear-node.ts";
import { edited, type Pass, type Rewritten } from "../optimise/pass.ts";
import { stepOf, WORTH_ELEMENTS } from "./exact-step.ts";

/** A factor below this share of the step would become a whole one, and its column's weights that much smaller. */
const LEAST_SHARE = 0.25;

/** Numbers as multiples of a step that has 127 of them for the largest; factors keep at least one. */
function inSteps(values: Float64Array, least: number): Float64Array | undefined {
  const step = stepOf(values);
  if (step === 0 || values.some((value) => Math.abs(value) < least * LEAST_SHARE * step)) return undefined;
  return values.map((value) => {
    const steps = Math.max(least, Math.round(Math.abs(value) / step));
    return steps === 0 ? 0 : Math.sign(value) * steps * step;
  });
}

/**
 * Normalisations of many features that stand in front of a product, also laid beside others, with shifts and factors in steps
 * that 8 bits hold; what the rounding leaves goes into the product, so that nothing but the last digits of its sum changes:
 * `W s (x + u) + b = (W s / s') s' (x + u') + W s (u - u') + b`.
 */
export const roundNorms: Pass = {
  bound: 1e-5,
  rewrite(model: OnnxModel): Rewritten {
    const view = viewOf(model);
    const nodes = new Map<OnnxNode, readonly OnnxNode[]>();
    const constants: OnnxTensor[] = [];
    let rewrites = 0;
    for (const product of view.graph.nodes) {
      const linear = linearNode(view, product);
      if (linear?.axis !== -1 || view.types.get(product.inputs[0]!)!.dims.length !== 2) continue;
      const factors = new Float64Array(linear.inputs).fill(1);
      const shifts = new Float64Array(linear.inputs);
      let met = 0;
      for (const { value, from, norm, affine } of normsAhead(view, product)) {
        const { factor, shift } = affine;
        if (factor.length < WORTH_ELEMENTS) continue;
        const ahead = shift.map((one, at) => one / factor[at]!);
        const [rounded, scale] = [inSteps(ahead, 0), inSteps(factor, 1)];
        if (rounded === undefined || scale === undefined) continue;
        factors.set(
          factor.map((one, at) => one / scale[at]!),
          from,
        );
        shifts.set(
          factor.map((one, at) => one * (ahead[at]! - rounded[at]!)),
          from,
        );
        const [moved, by, times] = ["moved", "ahead", "factor"].map((name) => view.fresh(`${value}_${name}`));
        for (const [name, values] of [
          [by!, rounded],
          [times!, scale],
        ] as const)
          constants.push({
            name,
            elementType: "float32",
            dims: [values.length],
            values: Float32Array.from(values),
          });
        nodes.set(norm, [
          { ...norm, op: "Add", inputs: [norm.inputs[0]!, by!], outputs: [moved!], attributes: {} },
          { ...norm, name: moved!, op: "Mul", inputs: [moved!, times!], attributes: {} },
        ]);
        met += 1;
      }
      if (met === 0) continue;
      const fused = withAffine(view, linear, { factor: factors, shift: shifts });
      constants.push(...fused.constants);
      nodes.set(product, [fused.node]);
      rewrites += 1;
    }
    return edited(model, { nodes, constants }, rewrites);
  },
};
