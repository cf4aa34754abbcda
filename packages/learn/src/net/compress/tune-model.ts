import type { OnnxModel } from "@tideline/graph";
import type { FittedNet } from "../train/fitted-net.ts";
import type { NetData } from "../train/net-data.ts";
import { trainNet } from "../train/train-net.ts";
import type { TrainNetOptions } from "../train/train-option.ts";
import { graphNet, type GraphNetOptions } from "./graph-net.ts";

/** What `tuneModel` takes: options of training, and which graph is trained how. */
export interface TuneModelOptions extends Omit<TrainNetOptions, "initial">, GraphNetOptions {}

/** A graph that was trained on. */
export interface TunedModel {
  readonly model: OnnxModel;
  /** Curves, and why training ended. */
  readonly fitted: FittedNet;
}

/**
 * Trains a graph on: recovery after a pruning or a factorisation, adaptation to other rows, training behind the rounding
 * of a quantised graph. The same nodes come out, with other weights.
 *
 * @throws as `graphNet` and `trainNet`.
 *
 * @example
 * const { model: half } = pruneChannels(graph, { share: 0.5 });
 * const { model: recovered } = await tuneModel(half, rows, {
 *   runtime: onnxruntimeNode, loss: crossEntropy(), optimiser: adam({ rate: 1e-3 }), epochs: 5,
 * });
 */
export async function tuneModel(
  model: OnnxModel,
  data: NetData,
  options: TuneModelOptions,
): Promise<TunedModel> {
  const { output, trained, masks, origin, ...training } = options;
  const graph = graphNet(model, {
    ...(output === undefined ? {} : { output }),
    ...(trained === undefined ? {} : { trained }),
    ...(masks === undefined ? {} : { masks }),
    ...(origin === undefined ? {} : { origin }),
  });
  const fitted = await trainNet(graph.net, data, { ...training, initial: graph.numbers });
  return Object.freeze({ model: graph.model(fitted), fitted });
}
