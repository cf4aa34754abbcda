import { configured, type Configuration } from "../configured.ts";
import type { Layer } from "../net.ts";
import { gelu, leakyRelu, relu, sigmoid, silu, tanh } from "./activation.ts";
import { attention } from "./attention.ts";
import { averagePool1d, averagePool2d } from "./average-pool.ts";
import { batchNorm } from "./batch-norm.ts";
import { channelsFirst, channelsLast } from "./channel-order.ts";
import { conv1d } from "./conv1d.ts";
import { conv2d } from "./conv2d.ts";
import { dense } from "./dense.ts";
import { depthwiseSeparable1d, depthwiseSeparable2d } from "./depthwise-separable.ts";
import { dropout } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import { flatten } from "./flatten.ts";
import { globalAveragePool, globalMaxPool } from "./global-pool.ts";
import { gru } from "./gru.ts";
import { layerNorm } from "./layer-norm.ts";
import { maskedAveragePool, maskedMaxPool } from "./masked-pool.ts";
import { maxPool1d, maxPool2d } from "./max-pool.ts";
import { position } from "./position.ts";
import { transformerBlock } from "./transformer-block.ts";

/** Layers made from plain data, by name. Those that take layers (`sequential`, `residual`, `concat`) are not among them. */
export const LAYERS = {
  attention,
  averagePool1d,
  averagePool2d,
  batchNorm,
  channelsFirst,
  channelsLast,
  conv1d,
  conv2d,
  dense,
  depthwiseSeparable1d,
  depthwiseSeparable2d,
  dropout,
  embedding,
  flatten,
  gelu,
  globalAveragePool,
  globalMaxPool,
  gru,
  layerNorm,
  leakyRelu,
  maskedAveragePool,
  maskedMaxPool,
  maxPool1d,
  maxPool2d,
  position,
  relu,
  sigmoid,
  silu,
  tanh,
  transformerBlock,
} satisfies Readonly<Record<string, (options: never) => Layer>>;

/** A layer as plain data: `"relu"`, `{ dense: { units: 64 } }`. */
export type LayerConfiguration = Configuration<typeof LAYERS>;

/**
 * The layer that plain data describes.
 *
 * @throws DEFINITION_ILLEGAL for a name that there is not or an option out of range.
 * @example
 * const data = [{ dense: { units: 64 } }, "relu", { dense: { units: 6 } }] as const;
 * const layer = sequential(...data.map((one) => layerFrom(one)));
 */
export function layerFrom(configuration: LayerConfiguration): Layer {
  return configured("layer", LAYERS, configuration);
}
