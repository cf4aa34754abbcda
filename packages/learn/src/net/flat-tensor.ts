import { elementCount, type GraphBuilder, type Value } from "@tideline/graph";
import type { Layout } from "./layout.ts";

/** A value in another shape; itself where it has that shape. */
export function reshapeTo(g: GraphBuilder, value: Value, dims: readonly number[]): Value {
  return value.dims.join() === dims.join() ? value : g.op("Reshape", [value, g.ints(dims)]);
}

/** The entries of a flat tensor by name: one Split, and a Reshape for each that is no vector. */
export function unpack(g: GraphBuilder, flat: Value, layout: Layout): ReadonlyMap<string, Value> {
  const sizes = layout.entries.map(({ dims }) => elementCount(dims));
  const parts = sizes.length === 1 ? [flat] : g.ops("Split", [flat, g.ints(sizes)], { axis: 0 });
  return new Map(layout.entries.map(({ name, dims }, at) => [name, reshapeTo(g, parts[at]!, dims)]));
}

/** Values of a layout's shapes, in its order, as one flat tensor. */
export function pack(g: GraphBuilder, values: readonly Value[]): Value {
  const flat = values.map((value) => reshapeTo(g, value, [elementCount(value.dims as readonly number[])]));
  return flat.length === 1 ? flat[0]! : g.op("Concat", flat, { axis: 0 });
}
