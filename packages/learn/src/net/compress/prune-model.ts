import type { OnnxModel } from "@tideline/graph";
import {
  pruneChannels,
  pruneWeights,
  taylorImportance,
  type PruneChannelsOptions,
  type PrunedLayer,
  type PruneWeightsOptions,
} from "@tideline/graph/compress";
import { oneOf, positiveInteger } from "../check-option.ts";
import type { NetData } from "../train/net-data.ts";
import { graphNet } from "./graph-net.ts";
import { apartWeights, layerWeights } from "./graph-weight.ts";
import { tuneModel, type TunedModel, type TuneModelOptions } from "./tune-model.ts";
import { weightGradients } from "./weight-gradient.ts";

/** How channels are ranked: by the norm of their weights, or by what the loss would notice, to first order. */
const IMPORTANCES = { norm: true, taylor: true };

/** What `pruneModel` takes; `epochs` are those after each step. */
export interface PruneModelOptions
  extends Omit<TuneModelOptions, "masks" | "origin">, Omit<PruneChannelsOptions, "importance" | "since"> {
  /** In how many steps channels go, each followed by training. Default 1. */
  readonly steps?: number;
  /** Default "taylor". */
  readonly importance?: keyof typeof IMPORTANCES;
}

/** A narrower graph that was trained on. */
export interface PrunedModel extends TunedModel {
  /** What became of each layer. */
  readonly layers: readonly PrunedLayer[];
  /** Numbers in constants. */
  readonly parameters: { readonly before: number; readonly after: number };
}

/**
 * Removes the channels of a graph that matter least and trains what is left: step by step, each time the same share of
 * what there is. The graph has the same inputs and outputs, and is smaller and faster in every runtime.
 *
 * @param data training rows; which share to keep is for other rows to decide.
 * @throws as `pruneChannels`, `graphNet` and `trainNet`; DEFINITION_ILLEGAL for steps or an importance of no sense.
 *
 * @example
 * const { model: half } = await pruneModel(graph, rows, {
 *   share: 0.5, runtime: onnxruntimeNode, loss: crossEntropy(), optimiser: adam({ rate: 1e-3 }), epochs: 5,
 * });
 */
export async function pruneModel(
  model: OnnxModel,
  data: NetData,
  options: PruneModelOptions,
): Promise<PrunedModel> {
  const { share, scope, multiple, exclude, steps = 1, importance = "taylor", ...training } = options;
  positiveInteger("pruneModel", "steps", steps);
  const ranking = oneOf("pruneModel", "importance", IMPORTANCES, importance);
  let current = apartWeights(model, training.trained ?? layerWeights);
  let done: PruneParts | undefined;
  let tuned: TunedModel | undefined;
  for (let step = 1; step <= steps; step++) {
    const gradients = ranking === "taylor" ? await weightGradients(current, data, training) : undefined;
    const standing = current;
    const pruned = pruneChannels(current, {
      share: share ** (step / steps),
      ...(done === undefined ? {} : { since: done.layers }),
      ...(scope === undefined ? {} : { scope }),
      ...(multiple === undefined ? {} : { multiple }),
      ...(exclude === undefined ? {} : { exclude }),
      ...(gradients === undefined
        ? {}
        : { importance: (groups) => taylorImportance(standing, groups, gradients) }),
    });
    done = joined(done, pruned);
    tuned = await tuneModel(pruned.model, data, training);
    current = tuned.model;
  }
  return Object.freeze({ ...tuned!, ...done! });
}

type PruneParts = Pick<PrunedModel, "layers" | "parameters">;

/** What prunings, one after another, have done: a layer of which one channel is left may no longer be followed. */
function joined(before: PruneParts | undefined, { layers, parameters }: PruneParts): PruneParts {
  if (before === undefined) return { layers, parameters };
  const names = new Set(layers.map(({ name }) => name));
  return {
    layers: Object.freeze([...layers, ...before.layers.filter(({ name }) => !names.has(name))]),
    parameters: Object.freeze({ before: before.parameters.before, after: parameters.after }),
  };
}

/** What `sparsifyModel` takes; `epochs` are those after each step. */
export type SparsifyModelOptions = Omit<TuneModelOptions, "masks" | "origin"> &
  PruneWeightsOptions & {
    /**
     * In how many steps weights go, each followed by training; more of them in the beginning, when a net can spare them.
     * Of a pattern there is one step. Default 1.
     */
    readonly steps?: number;
  };

/** A graph with weights at zero that was trained on. */
export interface SparseModel extends TunedModel {
  /** The share of zeros in each constant, by name. */
  readonly sparsity: ReadonlyMap<string, number>;
}

/**
 * Sets the smallest weights of a graph to zero and trains the others, in steps of `sparsity (1 - (1 - t)^3)`
 * (M. Zhu and S. Gupta, "To prune, or not to prune", 2017, eq. 1). The graph does not get smaller or faster by that,
 * only the compressed file; see `pruneModel`.
 *
 * @throws as `pruneWeights`, `graphNet` and `trainNet`; DEFINITION_ILLEGAL for steps of no sense.
 *
 * @example
 * const { model: sparse } = await sparsifyModel(graph, rows, {
 *   sparsity: 0.8, steps: 4, runtime: onnxruntimeNode, loss: crossEntropy(), optimiser: adam(), epochs: 2,
 * });
 */
export async function sparsifyModel(
  model: OnnxModel,
  data: NetData,
  options: SparsifyModelOptions,
): Promise<SparseModel> {
  const { steps = 1, exclude = [], ...training } = options;
  positiveInteger("sparsifyModel", "steps", steps);
  const apart = apartWeights(model, training.trained ?? layerWeights);
  const { trained } = graphNet(apart, training);
  // What is not trained, such as the waves of a spectrum, keeps its numbers.
  const fixed = [...pruneWeights(apart, { sparsity: 0 }).masks.keys()].filter(
    (name) => !trained.includes(name),
  );
  const count = "pattern" in options ? 1 : steps;
  let current = apart;
  let tuned: TunedModel | undefined;
  let sparsity: SparseModel["sparsity"] = new Map();
  for (let step = 1; step <= count; step++) {
    const all = [...new Set([...exclude, ...fixed])];
    const pruned = pruneWeights(
      current,
      "pattern" in options
        ? { pattern: options.pattern, exclude: all }
        : {
            sparsity: options.sparsity * (1 - (1 - step / count) ** 3),
            ...(options.scope === undefined ? {} : { scope: options.scope }),
            exclude: all,
          },
    );
    sparsity = pruned.sparsity;
    tuned = await tuneModel(pruned.model, data, { ...training, masks: pruned.masks });
    current = tuned.model;
  }
  return Object.freeze({ ...tuned!, sparsity });
}
