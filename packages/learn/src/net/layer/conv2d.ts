import type { Layer } from "../net.ts";
import { convolution, type ConvolutionOptions } from "./convolution.ts";

/**
 * A convolution over an image: [batch, channels, height, width] becomes [batch, options.channels, height', width'].
 *
 * @throws DEFINITION_ILLEGAL as `conv1d`.
 * @example
 * const layer = conv2d({ channels: 32, size: 3, padding: "same", activation: "relu" });
 */
export function conv2d(options: ConvolutionOptions): Layer {
  return convolution("conv2d", 2, options);
}
