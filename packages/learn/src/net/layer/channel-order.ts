import type { Layer } from "../net.ts";
import { defineLayer, rowDims } from "./define-layer.ts";

/**
 * The last axis before the others: [batch, length, channels] becomes [batch, channels, length], as convolutions want it.
 *
 * @throws DEFINITION_ILLEGAL when applied to rows of unknown lengths.
 */
export function channelsFirst(): Layer {
  return defineLayer("channelsFirst", (scope, x) => {
    const dims = rowDims("channelsFirst", scope, x, "float32[batch, ..., channels]", (d) => d.length > 0);
    const others = dims.slice(1).map((_, at) => at + 1);
    return scope.g.op("Transpose", [x], { perm: [0, dims.length, ...others] });
  });
}

/** The way back of {@link channelsFirst}. Errors: as there. */
export function channelsLast(): Layer {
  return defineLayer("channelsLast", (scope, x) => {
    const dims = rowDims("channelsLast", scope, x, "float32[batch, channels, ...]", (d) => d.length > 0);
    const others = dims.slice(1).map((_, at) => at + 2);
    return scope.g.op("Transpose", [x], { perm: [0, ...others, 1] });
  });
}
