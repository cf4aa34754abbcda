import { elementCount } from "@tideline/graph";
import type { Layer } from "../net.ts";
import { defineLayer, rowDims, rowsReshaped } from "./define-layer.ts";

const FORM = "float32[batch, channels, ...]";

function globalPool(kind: string, op: "ReduceMean" | "ReduceMax"): Layer {
  return defineLayer(kind, (scope, x) => {
    const [channels, ...rest] = rowDims(kind, scope, x, FORM, (dims) => dims.length > 0);
    if (rest.length === 0) return x;
    const flat = rest.length === 1 ? x : rowsReshaped(scope, x, [channels!, elementCount(rest)]);
    return scope.g.op(op, [flat, scope.g.ints([2])], { keepdims: 0 });
  });
}

/**
 * The mean of each channel: [batch, channels, ...] becomes [batch, channels].
 *
 * @throws DEFINITION_ILLEGAL when applied to rows of unknown lengths.
 */
export function globalAveragePool(): Layer {
  return globalPool("globalAveragePool", "ReduceMean");
}

/** The largest number of each channel. Errors: as {@link globalAveragePool}. */
export function globalMaxPool(): Layer {
  return globalPool("globalMaxPool", "ReduceMax");
}
