import type { Value } from "../value.ts";
import { dimsOf, padded, reshaped, zerosLike } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";

/** Indices as int64, which is all that ScatterND takes. */
function wideIndices(g: GraphEmitter, indices: Value): Value {
  return indices.elementType === "int64" ? indices : g.op("Cast", [indices], { to: 7 });
}

/**
 * The gradient of `Gather`: what was read from an entry, added up over all times that it was read.
 *
 * ScatterND with a sum, not a product with one-hot rows: on one thread of onnxruntime 1.30 (CPU, 64 x 50 indices) it
 * takes 0.04 ms against 0.06 ms for 10 entries of width 16, and 0.16 ms against 9.3 ms for 1000 of width 128;
 * ScatterElements takes 0.3 to 4.8 ms, since it reads an index for every element.
 *
 * It needs a session of one thread: with more, onnxruntime 1.30 on a CPU adds to the same entry from several threads
 * without a lock, and loses sums where indices repeat (1 run in 50 with 4 threads, 3200 indices of 7 entries).
 *
 * @param dy `dims` with `axis` replaced by the shape of `indices`.
 */
export function scatterAlong(
  g: GraphEmitter,
  dy: Value,
  indices: Value,
  axis: number,
  dims: readonly number[],
): Value {
  const width = indices.dims.length;
  const length = dims[axis]!;
  if (indices.constant?.length === 1) {
    const only = indices.constant[0]!;
    const at = only < 0 ? only + length : only;
    const pads = dims.map((_, other) =>
      other === axis ? ([at, length - at - 1] as const) : ([0, 0] as const),
    );
    return padded(g, reshaped(g, dy, dims.with(axis, 1)), pads);
  }
  const outer = dims.map((_, other) => other).filter((other) => other !== axis);
  const own = Array.from({ length: width }, (_, at) => axis + at);
  const toFront = [
    ...own,
    ...dimsOf(dy)
      .map((_, at) => at)
      .filter((at) => !own.includes(at)),
  ];
  const updates = axis === 0 ? dy : g.op("Transpose", [dy], { perm: toFront });
  const places = reshaped(g, wideIndices(g, indices), [...dimsOf(indices), 1]);
  const zeros = zerosLike(g, dy, [length, ...outer.map((other) => dims[other]!)]);
  const sums = g.op("ScatterND", [zeros, places, updates], { reduction: "add" });
  const back = dims.map((_, other) => (other === axis ? 0 : outer.indexOf(other) + 1));
  return axis === 0 ? sums : g.op("Transpose", [sums], { perm: back });
}
