import type { OnnxModel } from "@tideline/graph";
import { factorise, type FactorisedLayer, type FactoriseOptions } from "@tideline/graph/compress";
import type { NetData } from "../train/net-data.ts";
import { graphNet } from "./graph-net.ts";
import { tuneModel, type TunedModel, type TuneModelOptions } from "./tune-model.ts";

/** What `factoriseModel` takes: how far, and how to train on. */
export type FactoriseModelOptions = Omit<TuneModelOptions, "masks" | "origin"> & FactoriseOptions;

/** A graph with layers of low rank that was trained on. */
export interface FactorisedModel extends TunedModel {
  readonly layers: readonly FactorisedLayer[];
}

/**
 * Makes two layers each of dense layers and convolutions where that takes fewer weights, and trains them on. Layers that
 * are not trained, such as the waves of a spectrum, stay whole.
 *
 * @throws as `factorise`, `graphNet` and `trainNet`.
 *
 * @example
 * const { model: lower, layers } = await factoriseModel(graph, rows, {
 *   budget: 0.5, runtime: onnxruntimeNode, loss: crossEntropy(), optimiser: adam({ rate: 1e-3 }), epochs: 3,
 * });
 */
export async function factoriseModel(
  model: OnnxModel,
  data: NetData,
  options: FactoriseModelOptions,
): Promise<FactorisedModel> {
  const trained = new Set(graphNet(model, options).trained);
  const fixed = model.graph.nodes
    .filter(({ inputs }) => !trained.has(inputs[1] ?? ""))
    .map(({ name, outputs }) => (name === "" ? outputs[0]! : name));
  const exclude = [...new Set([...(options.exclude ?? []), ...fixed])];
  const { model: lower, layers } = factorise(
    model,
    "energy" in options ? { energy: options.energy, exclude } : { budget: options.budget, exclude },
  );
  const tuned = await tuneModel(lower, data, options);
  return Object.freeze({ ...tuned, layers });
}
