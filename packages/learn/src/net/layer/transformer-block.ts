import type { Value } from "@tideline/graph";
import { belowOne, positiveInteger } from "../check-option.ts";
import type { NetScope } from "../net.ts";
import { attention, type AttentionContext, type AttentionOptions, type MaskedLayer } from "./attention.ts";
import { defineLayer, rowDims } from "./define-layer.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { layerNorm } from "./layer-norm.ts";

/** What {@link transformerBlock} takes. */
export interface TransformerBlockOptions extends AttentionOptions {
  /** Width inside the part that works on each step alone. Default four times the series' width. */
  readonly hidden?: number;
  /** Dropout of what either part adds. Default 0. */
  readonly dropout?: number;
}

/**
 * Attention, then two dense layers on each step, each normalised first and added to what came in: [batch, steps, width]
 * keeps its shape (R. Xiong et al., "On Layer Normalization in the Transformer Architecture", ICML 2020).
 *
 * @throws DEFINITION_ILLEGAL as `attention` and `dropout`.
 */
export function transformerBlock(options: TransformerBlockOptions): MaskedLayer {
  const { heads, hidden, dropout: rate = 0 } = options;
  const who = "transformerBlock layer";
  if (hidden !== undefined) positiveInteger(who, "hidden", hidden);
  const drop = dropout({ rate: belowOne(who, "dropout", rate) });
  const attend = attention({ heads });
  return defineLayer("transformerBlock", (scope: NetScope, x: Value, context: AttentionContext = {}) => {
    const { g } = scope;
    const form = "float32[batch, steps, width]";
    const [, width] = rowDims("transformerBlock", scope, x, form, (dims) => dims.length === 2);
    const seen = layerNorm()(scope.within("norm1"), x);
    const attended = drop(scope, attend(scope.within("attention"), seen, context));
    const between = g.op("Add", [x, attended]);
    const normal = layerNorm()(scope.within("norm2"), between);
    const wide = dense({ units: hidden ?? 4 * width!, activation: "gelu" })(scope.within("dense1"), normal);
    const narrow = dense({ units: width! })(scope.within("dense2"), wide);
    return g.op("Add", [between, drop(scope, narrow)]);
  });
}
