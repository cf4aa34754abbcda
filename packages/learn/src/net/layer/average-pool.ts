import type { Layer } from "../net.ts";
import { pool, type PoolOptions } from "./pool.ts";

/**
 * The mean of each window of a series, of the numbers inside it only: [batch, channels, length] becomes [batch,
 * channels, length'].
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; when applied to a series shorter than the window.
 * @example
 * const layer = averagePool1d({ size: 4, stride: 2 });
 */
export function averagePool1d(options: PoolOptions): Layer {
  return pool("averagePool1d", 1, "AveragePool", options);
}

/** As {@link averagePool1d}, of an image: [batch, channels, height, width]. Errors: as there. */
export function averagePool2d(options: PoolOptions): Layer {
  return pool("averagePool2d", 2, "AveragePool", options);
}
