import { tooWide } from "../compress/exact-sum.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx.ts";
import { viewOf, type GraphView } from "../optimise/graph-view.ts";
import { linearNode, withAffine, type LinearNode } from "../optimise/linear-node.ts";
import { edited, type Pass, type Rewritten } from "../optimise/pass.ts";

/** The products that take a value, also in another shape of rows as long; undefined where anything else takes it. */
function productsBehind(view: GraphView, value: string): readonly LinearNode[] | undefined {
  const { graph, types, readersOf } = view;
  if (graph.outputs.some(({ name }) => name === value)) return undefined;
  const last = types.get(value)!.dims.at(-1);
  const found: LinearNode[] = [];
  for (const reader of readersOf.get(value) ?? []) {
    const [given, result] = [reader.inputs[0]!, reader.outputs[0]!];
    if (reader.op === "Reshape" && reader.domain === "" && types.get(result)!.dims.at(-1) === last) {
      const behind = productsBehind(view, result);
      if (behind === undefined) return undefined;
      found.push(...behind);
      continue;
    }
    const linear = linearNode(view, reader);
    if (linear?.axis !== -1 || given !== value || reader.inputs.lastIndexOf(value) > 0) return undefined;
    if (linear.node.op === "MatMul" && types.get(value)!.dims.length !== 2) return undefined;
    found.push(linear);
  }
  return found.length === 0 ? undefined : found;
}

/**
 * Layer normalisations whose factors and shifts the products behind them take in: `W (s x + t) + b = (W s) x + (W t + b)`. Where
 * factors lie far apart they stay, since columns of a product share the scale of its weights.
 */
export const foldLayerNorms: Pass = {
  bound: 1e-5,
  rewrite(model: OnnxModel): Rewritten {
    const view = viewOf(model);
    const nodes = new Map<OnnxNode, readonly OnnxNode[]>();
    const constants: OnnxTensor[] = [];
    let rewrites = 0;
    for (const norm of view.graph.nodes) {
      if (norm.op !== "LayerNormalization" || norm.domain !== "") continue;
      const [x, by, to] = norm.inputs;
      const [scale, shift] = [view.constants.get(by!), view.constants.get(to ?? "")];
      const width = view.types.get(x!)!.dims.at(-1);
      const isOver = scale?.values.length === width && (to === undefined || to === "" || shift !== undefined);
      if (!isOver || scale?.elementType !== "float32") continue;
      const factor = Float64Array.from(scale.values as Float32Array);
      const moved = Float64Array.from(factor, (_, at) => Number(shift?.values[at] ?? 0));
      if (![...factor, ...moved].every(Number.isFinite) || tooWide(factor)) continue;
      if (factor.every((one) => one === 1) && shift === undefined) continue;
      const products = productsBehind(view, norm.outputs[0]!);
      if (products === undefined || products.some(({ node }) => nodes.has(node))) continue;
      const ones = {
        ...scale,
        name: view.fresh(`${by}_ones`),
        values: new Float32Array(factor.length).fill(1),
      };
      constants.push(ones);
      nodes.set(norm, [{ ...norm, inputs: [x!, ones.name] }]);
      for (const product of products) {
        const fused = withAffine(view, product, { factor, shift: moved });
        constants.push(...fused.constants);
        nodes.set(product.node, [fused.node]);
      }
      rewrites += 1;
    }
    return edited(model, { nodes, constants }, rewrites);
  },
};
