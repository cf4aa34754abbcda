import type { OnnxModel } from "@tideline/graph";
import { preparedForCompression } from "@tideline/graph/compress";
import { wholeNumber } from "../check-option.ts";
import type { NetData } from "../train/net-data.ts";
import { tuneModel, type TunedModel, type TuneModelOptions } from "./tune-model.ts";

/** What `trainQuantised` takes; `epochs` are those behind the rounding. */
export interface TrainQuantisedOptions extends Omit<TuneModelOptions, "masks" | "origin"> {
  /**
   * Makes the graph of whole numbers: `quantise` or `quantiseWeights` of `@tideline/graph/compress` with rows to
   * calibrate on. The scales and ranges that it finds then stay.
   */
  readonly quantise: (model: OnnxModel) => Promise<OnnxModel> | OnnxModel;
  /** Epochs in floating point before, so that ranges are observed of what is to be rounded. Default 0. */
  readonly warmUp?: number;
}

/** A graph of whole numbers that was trained. */
export interface QuantisedModel extends TunedModel {
  /** The same graph as it was calibrated, before it was trained. */
  readonly calibrated: OnnxModel;
}

/**
 * Quantisation-aware training: batch normalisations are taken into the layers beside them, ranges are calibrated, and
 * then weights are trained behind the rounding that the shipped graph does, through which the gradient passes. What comes
 * out is the graph that `quantise` makes, node for node, with whole numbers that were trained.
 *
 * Source: B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
 * inference", CVPR 2018, section 3.
 *
 * @throws as `quantise`, `graphNet` and `trainNet`; DEFINITION_ILLEGAL for a warm-up that is no number of epochs.
 *
 * @example
 * const { model: whole } = await trainQuantised(graph, rows, {
 *   quantise: async (one) => (await quantise(one, { calibration: { runtime: onnxruntimeNode, rows: some } })).model,
 *   runtime: onnxruntimeNode, loss: crossEntropy(), optimiser: adam({ rate: 1e-4 }), epochs: 3,
 * });
 */
export async function trainQuantised(
  model: OnnxModel,
  data: NetData,
  options: TrainQuantisedOptions,
): Promise<QuantisedModel> {
  const { quantise, warmUp = 0, ...training } = options;
  wholeNumber("trainQuantised", "warmUp", warmUp);
  const folded = preparedForCompression(model);
  const origin =
    warmUp === 0 ? folded : (await tuneModel(folded, data, { ...training, epochs: warmUp })).model;
  const calibrated = await quantise(origin);
  const tuned = await tuneModel(calibrated, data, { ...training, origin });
  return Object.freeze({ ...tuned, calibrated });
}
