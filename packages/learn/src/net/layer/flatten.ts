import { elementCount } from "@tideline/graph";
import type { Layer } from "../net.ts";
import { defineLayer, rowDims, rowsReshaped } from "./define-layer.ts";

/**
 * Each row as one vector: [batch, ...] becomes [batch, F].
 *
 * @throws DEFINITION_ILLEGAL when applied to rows of unknown lengths.
 */
export function flatten(): Layer {
  return defineLayer("flatten", (scope, x) => {
    const dims = rowDims("flatten", scope, x, "float32[batch, ...] of known lengths", () => true);
    return dims.length === 1 ? x : rowsReshaped(scope, x, [elementCount(dims)]);
  });
}
