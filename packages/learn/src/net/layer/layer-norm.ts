import { positive } from "../check-option.ts";
import { ones, zeros } from "../initialiser.ts";
import type { Layer } from "../net.ts";
import { defineLayer, rowDims } from "./define-layer.ts";

/** What {@link layerNorm} takes. */
export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Layer normalisation: the last axis of [batch, ..., F] less its mean over its deviation, scaled and shifted by trained
 * numbers (J. L. Ba et al., "Layer Normalization", 2016).
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; when applied to rows of unknown lengths.
 */
export function layerNorm(options: LayerNormOptions = {}): Layer {
  const { epsilon = 1e-5 } = options;
  positive("layerNorm layer", "epsilon", epsilon);
  return defineLayer("layerNorm", (scope, x) => {
    const form = "float32[batch, ..., F]";
    const dims = rowDims("layerNorm", scope, x, form, (lengths) => lengths.length > 0);
    const scale = scope.parameter("scale", [dims.at(-1)!], ones, { decay: false });
    const shift = scope.parameter("bias", [dims.at(-1)!], zeros, { decay: false });
    return scope.g.op("LayerNormalization", [x, scale, shift], { axis: -1, epsilon });
  });
}
