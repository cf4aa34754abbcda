import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx.ts";
import { viewOf, type GraphView } from "./graph-view.ts";
import { linearNode, withAffine, type LinearNode } from "./linear-node.ts";
import { edited, type Pass, type Rewritten } from "./pass.ts";

/**
 * How far a scaled input may lie from zero before the shift is taken out. Weights see the input as it is once the scaler
 * is fused; an input of 16 spreads away from zero loses four of float32's 24 bits, and the bound of this pass holds.
 */
const MOST_SHIFT = 16;

/** `a * x + b` per channel, in double precision. */
interface Affine {
  readonly factor: Float64Array;
  readonly shift: Float64Array;
  readonly nodes: readonly OnnxNode[];
  /** The value that is scaled. */
  readonly source: string;
}

/** A constant as one number per channel, where it does not vary along another axis. */
function perChannel(
  tensor: OnnxTensor | undefined,
  linear: LinearNode,
  rank: number,
): Float64Array | undefined {
  if (tensor?.elementType !== "float32") return undefined;
  const { dims, values } = tensor;
  const axis = linear.axis === -1 ? dims.length - 1 : dims.length - rank + 1;
  const varying = dims.flatMap((dim, at) => (dim === 1 ? [] : [at]));
  if (dims.length > rank || varying.length > 1 || (varying.length === 1 && varying[0] !== axis))
    return undefined;
  if (values.length !== 1 && values.length !== linear.inputs) return undefined;
  return Float64Array.from({ length: linear.inputs }, (_, at) =>
    Number(values[values.length === 1 ? 0 : at]),
  );
}

/** What one elementwise node does to a channel, with the constant of that channel. */
const STEPS: Readonly<Record<string, (affine: Affine, c: Float64Array) => Pick<Affine, "factor" | "shift">>> =
  {
    // Read from the linear node towards the input: y = f * (step of x) + s.
    Add: ({ factor, shift }, c) => ({ factor, shift: shift.map((s, at) => s + factor[at]! * c[at]!) }),
    Sub: ({ factor, shift }, c) => ({ factor, shift: shift.map((s, at) => s - factor[at]! * c[at]!) }),
    Mul: ({ factor, shift }, c) => ({ factor: factor.map((f, at) => f * c[at]!), shift }),
    Div: ({ factor, shift }, c) => ({ factor: factor.map((f, at) => f / c[at]!), shift }),
  };

/** The chain of scaling nodes in front of a linear node. */
function scalerOf(view: GraphView, linear: LinearNode): Affine | undefined {
  let affine: Affine = {
    factor: new Float64Array(linear.inputs).fill(1),
    shift: new Float64Array(linear.inputs),
    nodes: [],
    source: linear.node.inputs[0]!,
  };
  for (let reader = linear.node; ;) {
    const maker = view.makerOf.get(affine.source);
    const step = maker?.domain === "" && Object.hasOwn(STEPS, maker.op) ? STEPS[maker.op] : undefined;
    if (maker === undefined || step === undefined || !view.passesTo(affine.source, reader)) break;
    const swaps = (maker.op === "Add" || maker.op === "Mul") && view.constants.has(maker.inputs[0]!);
    const [from, by] = swaps ? [maker.inputs[1]!, maker.inputs[0]!] : [maker.inputs[0]!, maker.inputs[1]!];
    const { dims } = view.types.get(from)!;
    const c = perChannel(view.constants.get(by), linear, dims.length);
    if (c === undefined || dims.length !== view.types.get(affine.source)!.dims.length) break;
    // A constant may also have widened what it scales.
    if (dims.join() !== view.types.get(affine.source)!.dims.join()) break;
    affine = { ...step(affine, c), nodes: [...affine.nodes, maker], source: from };
    reader = maker;
  }
  return affine.nodes.length === 0 ? undefined : affine;
}

/** Whether a runtime gets nearly the same numbers when the scaler is gone. */
function isSafe(view: GraphView, linear: LinearNode, { factor, shift }: Affine): boolean {
  const moves = shift.some((value) => value !== 0);
  if (
    factor.some((value) => !Number.isFinite(value)) ||
    shift.some((value) => !(Math.abs(value) <= MOST_SHIFT))
  )
    return false;
  const matrix = view.types.get(linear.node.inputs[0]!)!.dims.length === 2;
  return !moves || (linear.unpadded && (linear.axis === 1 || matrix));
}

/**
 * Takes a standardiser, `(x - mean) * factor` or any chain of additions and multiplications by constants of a channel,
 * into the weights of the convolution or product behind it. Where the shift meets padding, or is so large that float32
 * would lose what is left, the scaler stays.
 */
export const fuseScaler: Pass = {
  bound: 1e-5,
  rewrite(model: OnnxModel): Rewritten {
    const view = viewOf(model);
    const nodes = new Map<OnnxNode, readonly OnnxNode[]>();
    const constants: OnnxTensor[] = [];
    let rewrites = 0;
    for (const node of view.graph.nodes) {
      const linear = linearNode(view, node);
      const affine = linear && scalerOf(view, linear);
      if (linear === undefined || affine === undefined || !isSafe(view, linear, affine)) continue;
      const fused = withAffine(view, linear, affine);
      constants.push(...fused.constants);
      for (const gone of affine.nodes) nodes.set(gone, []);
      const [, ...rest] = fused.node.inputs;
      nodes.set(node, [{ ...fused.node, inputs: [affine.source, ...rest] }]);
      rewrites += 1;
    }
    return edited(model, { nodes, constants }, rewrites);
  },
};
