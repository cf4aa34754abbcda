import { formatType, type Value } from "@tideline/graph";
import { illegalOption } from "../check-option.ts";
import type { Layer, NetScope } from "../net.ts";

/** Names a layer by its kind, so that a `sequential` can name its scope. */
export function defineLayer<Write extends Layer>(
  kind: string,
  write: Write,
): Write & { readonly kind: string } {
  return Object.freeze(Object.assign(write, { kind }));
}

/** A layer as errors name it: `dense layer "encoder/dense1"`. */
export function layerTitle(kind: string, scope: NetScope): string {
  return scope.path === "" ? `${kind} layer` : `${kind} layer "${scope.path}"`;
}

/** The lengths of a value behind the batch, as numbers. @throws DEFINITION_ILLEGAL saying which form was wanted. */
export function rowDims(
  kind: string,
  scope: NetScope,
  x: Value,
  form: string,
  fits: (dims: readonly number[]) => boolean,
): readonly number[] {
  const dims = x.dims.slice(1);
  if (x.dims.length > 0 && dims.every((dim) => typeof dim === "number") && fits(dims)) return dims;
  throw illegalOption(layerTitle(kind, scope), "input", form, formatType(x));
}

/** A value with its batch kept and its rows in another shape. */
export function rowsReshaped(scope: NetScope, x: Value, dims: readonly number[]): Value {
  const first = scope.batch === "N" ? -1 : scope.batch;
  return scope.g.op("Reshape", [x, scope.g.ints([first, ...dims])]);
}
