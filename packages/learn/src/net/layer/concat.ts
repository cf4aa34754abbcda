import { illegalOption } from "../check-option.ts";
import type { Layer } from "../net.ts";
import { defineLayer } from "./define-layer.ts";

/** What {@link concat} takes. */
export interface ConcatOptions {
  /** Axis along which results are put together; the batch is 0. Default 1. */
  readonly axis?: number;
}

/**
 * Several layers on the same input, their results one after another.
 *
 * @throws DEFINITION_ILLEGAL without a layer or for the axis of the batch; GRAPH_ILLEGAL where shapes do not fit.
 * @example
 * const windows = concat([3, 4, 5].map((size) => sequential(conv1d({ channels: 64, size }), relu(), globalMaxPool())));
 */
export function concat(branches: readonly Layer[], { axis = 1 }: ConcatOptions = {}): Layer {
  const list = [...branches];
  if (list.length === 0) throw illegalOption("concat layer", "branches", "at least one", "none");
  if (!Number.isInteger(axis) || axis === 0)
    throw illegalOption("concat layer", "axis", "an axis behind the batch", String(axis));
  return defineLayer("concat", (scope, x) => {
    const parts = list.map((branch, at) => branch(scope.within(`branch${at + 1}`), x));
    return parts.length === 1 ? parts[0]! : scope.g.op("Concat", parts, { axis });
  });
}
