import type { Layer } from "../net.ts";
import { convolution, type ConvolutionOptions } from "./convolution.ts";

/**
 * A convolution along a series: [batch, channels, length] becomes [batch, options.channels, length'].
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; when applied to another form, to channels that do not fall
 *   into the groups, or to a series shorter than the window.
 * @example
 * const layer = conv1d({ channels: 64, size: 5, padding: "same", activation: "relu" });
 */
export function conv1d(options: ConvolutionOptions): Layer {
  return convolution("conv1d", 1, options);
}
