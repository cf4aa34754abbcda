import { tidelineError } from "@tideline/spec";
import type { OnnxModel, OnnxTensor } from "../../onnx.ts";
import { viewOf } from "../../optimise/graph-view.ts";
import { linearNode, type LinearNode } from "../../optimise/linear-node.ts";

/** What `pruneWeights` takes: a share of zeros, or a pattern of them. */
export type PruneWeightsOptions = (
  | {
      /** The share of weights that becomes zero, from 0 to below 1. */
      readonly sparsity: number;
      /** Whether the share is one of each constant or of all together. Default "graph". */
      readonly scope?: "layer" | "graph";
    }
  | {
      /** Of every `of` weights in a row, along the inputs of a layer, so many stay: `{ keep: 2, of: 4 }`. */
      readonly pattern: { readonly keep: number; readonly of: number };
    }
) & {
  /** Constants, by name, that keep all weights. Default none. */
  readonly exclude?: readonly string[];
};

/** A model with weights at zero. */
export interface PrunedWeights {
  readonly model: OnnxModel;
  /** 1 for weights that stay, 0 for the others, by the names of constants. */
  readonly masks: ReadonlyMap<string, Float32Array>;
  /** The share of zeros in each constant, by name. */
  readonly sparsity: ReadonlyMap<string, number>;
}

function invalid(field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who: "pruneWeights", field, expected, received });
}

/** The layers with constant weights, by the names of the weights. */
function layersOf(model: OnnxModel): Map<string, LinearNode> {
  const view = viewOf(model);
  const found = new Map<string, LinearNode>();
  for (const node of view.graph.nodes) {
    const linear = linearNode(view, node);
    if (linear !== undefined) found.set(linear.weights.name, linear);
  }
  return found;
}

/** Sets the smallest so many of the weights of several constants to zero in their masks; of equals the last. */
function dropSmallest(values: readonly Float32Array[], masks: readonly Float32Array[], share: number): void {
  const length = values.reduce((sum, list) => sum + list.length, 0);
  const sizes = new Float32Array(length);
  const marks = new Float32Array(length).fill(1);
  let start = 0;
  for (const list of values) {
    sizes.set(list.map(Math.abs), start);
    start += list.length;
  }
  const drop = Math.round(share * length);
  if (drop === 0) return;
  const limit = sizes.toSorted()[drop - 1]!;
  let left = drop;
  for (const [at, size] of sizes.entries())
    if (size < limit) {
      marks[at] = 0;
      left -= 1;
    }
  for (let at = length - 1; left > 0; at--)
    if (sizes[at] === limit) {
      marks[at] = 0;
      left -= 1;
    }
  start = 0;
  for (const mask of masks) {
    mask.set(marks.subarray(start, start + mask.length));
    start += mask.length;
  }
}

/** Of each run of weights along the inputs of an output, keeps the largest; what no whole run holds stays. */
function keepPattern(
  { weights, inputs, inputOf, outputOf }: LinearNode,
  mask: Float32Array,
  { keep, of }: { readonly keep: number; readonly of: number },
): void {
  const values = weights.values as Float32Array;
  const window = weights.dims.slice(2).reduce((product, length) => product * length, 1);
  // Positions along the inputs lie apart by what is behind them; sorted by row they lie side by side.
  const lane = (at: number) => (window > 1 ? at % window : 0);
  const place = (at: number) => (outputOf(at) * window + lane(at)) * inputs + inputOf(at);
  const keys = Float64Array.from(values, (_, at) => place(at));
  const order = Uint32Array.from(values.keys()).sort((a, b) => keys[a]! - keys[b]!);
  let start = 0;
  while (start < order.length) {
    const run = Math.floor(keys[order[start]!]! / inputs);
    const first = Math.floor((keys[order[start]!]! % inputs) / of);
    let end = start + 1;
    while (end < order.length && end - start < of) {
      const key = keys[order[end]!]!;
      if (Math.floor(key / inputs) !== run || Math.floor((key % inputs) / of) !== first) break;
      end += 1;
    }
    if (end - start === of) {
      const some = order
        .slice(start, end)
        .sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b);
      for (const at of some.subarray(keep)) mask[at] = 0;
    }
    start = end;
  }
}

/**
 * Sets the smallest weights of convolutions and products to zero. The graph keeps its size and, on runtimes with dense
 * kernels (all that we know), its speed; what gets smaller is the file once it is compressed for the way, and what a
 * runtime with sparse kernels takes. To get a smaller graph take `pruneChannels`.
 *
 * Source: S. Han et al., "Learning both weights and connections for efficient neural networks", NIPS 2015; the pattern
 * n of m after A. Mishra et al., "Accelerating sparse deep neural networks", 2021.
 *
 * @throws ARGUMENT_INVALID for an option out of range, a constant that there is not, or weights that are not finite;
 *   GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`.
 *
 * @example
 * const { model: sparse } = pruneWeights(model, { sparsity: 0.8 });
 * const pairs = pruneWeights(model, { pattern: { keep: 2, of: 4 } });
 */
export function pruneWeights(model: OnnxModel, options: PruneWeightsOptions): PrunedWeights {
  const layers = layersOf(model);
  const stranger = options.exclude?.find((name) => !layers.has(name));
  if (stranger !== undefined)
    throw invalid("exclude", `some of ${[...layers.keys()].join(", ") || "no weights"}`, stranger);
  for (const name of options.exclude ?? []) layers.delete(name);
  const valuesOf = (name: string) => layers.get(name)!.weights.values as Float32Array;
  for (const name of layers.keys())
    if (!valuesOf(name).every(Number.isFinite))
      throw invalid(`weights "${name}"`, "finite numbers", "others");
  const masks = new Map([...layers.keys()].map((name) => [name, valuesOf(name).map(() => 1)]));
  if ("pattern" in options) {
    const { keep, of } = options.pattern;
    if (!Number.isSafeInteger(of) || of < 2 || !Number.isSafeInteger(keep) || keep < 1 || keep > of)
      throw invalid("pattern", "integers with keep at least 1 and at most of", `${keep} of ${of}`);
    for (const [name, layer] of layers) keepPattern(layer, masks.get(name)!, { keep, of });
  } else {
    const { sparsity, scope = "graph" } = options;
    if (!(sparsity >= 0 && sparsity < 1))
      throw invalid("sparsity", "a share from 0 to below 1", String(sparsity));
    if (scope !== "layer" && scope !== "graph") throw invalid("scope", '"layer" or "graph"', String(scope));
    const names = [...layers.keys()];
    for (const some of scope === "graph" ? [names] : names.map((name) => [name]))
      dropSmallest(
        some.map(valuesOf),
        some.map((name) => masks.get(name)!),
        sparsity,
      );
  }
  const zeros = (mask: Float32Array) => mask.reduce((sum, one) => sum + 1 - one, 0) / mask.length;
  return Object.freeze({
    model: maskedWeights(model, masks),
    masks,
    sparsity: new Map([...masks].map(([name, mask]) => [name, zeros(mask)])),
  });
}

/** A model whose constants are zero where masks are, by name. */
function maskedWeights(model: OnnxModel, masks: ReadonlyMap<string, Float32Array>): OnnxModel {
  const initializers = model.graph.initializers.map((tensor): OnnxTensor => {
    const mask = masks.get(tensor.name);
    if (mask === undefined) return tensor;
    const values = (tensor.values as Float32Array).map((value, at) => (mask[at] === 0 ? 0 : value));
    return Object.freeze({ ...tensor, values });
  });
  return Object.freeze({
    ...model,
    graph: Object.freeze({ ...model.graph, initializers: Object.freeze(initializers) }),
  });
}
