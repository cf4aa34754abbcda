import { elementCount, type OnnxTensor } from "../../onnx.ts";

/** Places to keep along each axis; undefined keeps the whole axis. */
export type KeptPlaces = readonly (readonly number[] | undefined)[];

/** A tensor's numbers at some places along each axis. */
export function takenPlaces(tensor: OnnxTensor, keep: KeptPlaces): OnnxTensor {
  const { dims } = tensor;
  const next = dims.map((length, axis) => keep[axis]?.length ?? length);
  // Of any element type: what is copied is whole numbers of the same array type.
  const source = tensor.values as Float32Array;
  const values = source.slice(0, elementCount(next));
  const index = next.map(() => 0);
  for (let to = 0; to < values.length; to++) {
    let from = 0;
    for (const [axis, length] of dims.entries())
      from = from * length + (keep[axis]?.[index[axis]!] ?? index[axis]!);
    values[to] = source[from]!;
    for (let axis = next.length - 1; axis >= 0 && ++index[axis]! === next[axis]; axis--) index[axis] = 0;
  }
  return Object.freeze({ ...tensor, dims: Object.freeze(next), values });
}

/** Sets a tensor's numbers at some positions of one axis to zero, in a copy. */
export function zeroedPlaces(tensor: OnnxTensor, axis: number, positions: readonly number[]): OnnxTensor {
  const { dims } = tensor;
  const values = (tensor.values as Float32Array).slice();
  const inner = elementCount(dims.slice(axis + 1));
  const block = inner * dims[axis]!;
  for (let start = 0; start < values.length; start += block)
    for (const at of positions) values.fill(0, start + at * inner, start + (at + 1) * inner);
  return Object.freeze({ ...tensor, values });
}
