import type { Layer } from "../net.ts";
import { pool, type PoolOptions } from "./pool.ts";

/**
 * The largest number of each window of a series: [batch, channels, length] becomes [batch, channels, length'].
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; when applied to a series shorter than the window.
 * @example
 * const layer = maxPool1d({ size: 2 });
 */
export function maxPool1d(options: PoolOptions): Layer {
  return pool("maxPool1d", 1, "MaxPool", options);
}

/** As {@link maxPool1d}, of an image: [batch, channels, height, width]. Errors: as there. */
export function maxPool2d(options: PoolOptions): Layer {
  return pool("maxPool2d", 2, "MaxPool", options);
}
