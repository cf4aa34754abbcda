import { formatType } from "@tideline/graph";
import { illegalOption } from "../check-option.ts";
import type { Layer } from "../net.ts";
import { defineLayer, layerTitle } from "./define-layer.ts";

/** What {@link residual} takes. */
export interface ResidualOptions {
  /** What the input passes through before it is added, where shapes differ: a convolution of size 1. Default nothing. */
  readonly shortcut?: Layer;
}

/**
 * A layer whose result is added to its input (K. He et al., "Deep Residual Learning", CVPR 2016).
 *
 * @throws DEFINITION_ILLEGAL when the two have different shapes.
 * @example
 * const block = residual(sequential(conv1d({ channels: 32, size: 3, padding: "same" }), relu()));
 */
export function residual(body: Layer, { shortcut }: ResidualOptions = {}): Layer {
  return defineLayer("residual", (scope, x) => {
    const changed = body(scope.within("body"), x);
    const past = shortcut === undefined ? x : shortcut(scope.within("shortcut"), x);
    if (changed.dims.join() !== past.dims.join())
      throw illegalOption(layerTitle("residual", scope), "body", formatType(past), formatType(changed));
    return scope.g.op("Add", [changed, past]);
  });
}
