import type { Value } from "../value.ts";
import { dimsOf, scalarLike } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import type { Sliding } from "./sliding.ts";
import { overhang } from "./transposed-sliding.ts";

/**
 * `[..., spatial]` with as much around its spatial axes as windows read there; itself where that is nothing. With
 * `ceil_mode` the last window may reach over the padding too.
 */
export function padded(g: GraphEmitter, x: Value, sliding: Sliding, fill: number): Value {
  const dims = dimsOf(x);
  const lead = dims.slice(sliding.before.length).map(() => 0);
  const sizes = dims.slice(dims.length - sliding.before.length);
  const behind = overhang(sliding, sizes).map((count) => Math.max(0, count));
  if ([...sliding.before, ...behind].every((count) => count === 0)) return x;
  const pads = g.ints([...lead, ...sliding.before, ...lead, ...behind]);
  return g.op("Pad", [x, pads, scalarLike(g, x, fill)]);
}

/** The positions of a kernel in row-major order. */
export function positionsOf(kernel: readonly number[]): readonly (readonly number[])[] {
  return kernel.reduce<readonly (readonly number[])[]>(
    (found, size) => found.flatMap((lead) => Array.from({ length: size }, (_, at) => [...lead, at])),
    [[]],
  );
}

/**
 * What each position of the kernel reads of a padded `[..., spatial]`, in row-major order of the kernel: one value
 * `[..., output spatial]` each. With them a window becomes a sum, a product or a comparison of whole tensors.
 */
export function tapsOf(g: GraphEmitter, x: Value, sliding: Sliding): readonly Value[] {
  const dims = dimsOf(x);
  const { strides, dilations, lengths } = sliding;
  const axes = lengths.map((_, axis) => dims.length - lengths.length + axis);
  return positionsOf(sliding.kernel).map((position) => {
    const starts = position.map((at, axis) => at * dilations[axis]!);
    const ends = starts.map((start, axis) => start + (lengths[axis]! - 1) * strides[axis]! + 1);
    const cut = axes.flatMap((axis, at) =>
      starts[at] === 0 && strides[at] === 1 && ends[at] === dims[axis] ? [] : [at],
    );
    if (cut.length === 0) return x;
    const pick = (list: readonly number[]): Value => g.ints(cut.map((at) => list[at]!));
    return g.op("Slice", [x, pick(starts), pick(ends), pick(axes), pick(strides)]);
  });
}
