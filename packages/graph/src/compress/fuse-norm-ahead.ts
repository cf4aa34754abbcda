import { viewOf, type GraphView } from "../optimise/graph-view.ts";
import { affineOf } from "../optimise/fuse-batch-norm.ts";
import { linearNode, withAffine } from "../optimise/linear-node.ts";
import { edited, renamedInputs, type Pass, type Rewritten } from "../optimise/pass.ts";
import { tooWide } from "./exact-sum.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx.ts";

/** A part of what a product takes: its maker, and the first of its columns. */
interface Part {
  readonly value: string;
  readonly from: number;
  readonly reader: OnnxNode;
}

/** The parts that are laid side by side for a product, or what it takes whole. */
function partsOf(view: GraphView, product: OnnxNode): readonly Part[] {
  const [given] = product.inputs as readonly [string];
  const maker = view.makerOf.get(given);
  if (maker?.op !== "Concat" || maker.domain !== "" || !view.passesTo(given, product))
    return [{ value: given, from: 0, reader: product }];
  const { axis } = maker.attributes;
  const rank = view.types.get(given)!.dims.length;
  if (axis?.type !== "int" || (axis.value !== -1 && axis.value !== rank - 1)) return [];
  let from = 0;
  return maker.inputs.map((value) => {
    const part = { value, from, reader: maker };
    from += Number(view.types.get(value)!.dims.at(-1));
    return part;
  });
}

/** The batch normalisations among the parts of what a product takes that serve nothing else, as a factor and a shift of each column. */
export function normsAhead(
  view: GraphView,
  product: OnnxNode,
): readonly (Part & {
  readonly norm: OnnxNode;
  readonly affine: NonNullable<ReturnType<typeof affineOf>>;
})[] {
  return partsOf(view, product).flatMap((part) => {
    const norm = view.makerOf.get(part.value);
    if (norm?.op !== "BatchNormalization" || norm.domain !== "" || !view.passesTo(part.value, part.reader))
      return [];
    const affine = affineOf(view, norm);
    return affine === undefined ? [] : [{ ...part, norm, affine }];
  });
}

/**
 * Takes batch normalisations of rows into the product behind them, also where their results are first laid beside others:
 * `W (s x + t) = (W s) x + W t`. Where factors lie far apart, as those of features of several units, they stay in front
 * and the shifts alone go: `W (s x) + W t`.
 */
export const fuseNormAhead: Pass = {
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
      const gone = new Map<string, string>();
      let met = 0;
      for (const { value, from, reader, norm, affine } of normsAhead(view, product)) {
        if (!affine.factor.every(Number.isFinite)) continue;
        shifts.set(affine.shift, from);
        met += 1;
        if (tooWide(affine.factor)) {
          const factor = view.fresh(`${value}_factor`);
          const values = Float32Array.from(affine.factor);
          constants.push({ name: factor, elementType: "float32", dims: [values.length], values });
          nodes.set(norm, [{ ...norm, op: "Mul", inputs: [norm.inputs[0]!, factor], attributes: {} }]);
          continue;
        }
        factors.set(affine.factor, from);
        gone.set(value, norm.inputs[0]!);
        nodes.set(norm, []);
        nodes.set(reader, [renamedInputs(reader, gone)]);
      }
      if (met === 0) continue;
      const fused = withAffine(view, linear, { factor: factors, shift: shifts });
      constants.push(...fused.constants);
      nodes.set(product, [renamedInputs(fused.node, gone)]);
      rewrites += 1;
    }
    return edited(model, { nodes, constants }, rewrites);
  },
};
