import { elementCount } from "@tideline/graph";
import type { Initialiser } from "./initialiser.ts";

/** Where one tensor lies in a flat one. */
export interface LayoutEntry {
  /** "conv1/weight" */
  readonly name: string;
  readonly dims: readonly number[];
  /** Position of its first number. */
  readonly offset: number;
  /** How its numbers begin. */
  readonly initial: Initialiser;
  /** Whether weight decay shrinks it. */
  readonly decay: boolean;
}

/** Named tensors one after another in one flat tensor of float32. */
export interface Layout {
  /** Numbers altogether. */
  readonly length: number;
  readonly entries: readonly LayoutEntry[];
}

/** Lays tensors out one after another, in the order given. */
export function layoutOf(tensors: readonly Omit<LayoutEntry, "offset">[]): Layout {
  let length = 0;
  const entries = tensors.map((tensor) => {
    const entry = Object.freeze({ ...tensor, offset: length });
    length += elementCount(tensor.dims);
    return entry;
  });
  return Object.freeze({ length, entries: Object.freeze(entries) });
}

/** The numbers of one entry of a flat tensor: a view, not a copy. */
export function entryValues(flat: Float32Array, { offset, dims }: LayoutEntry): Float32Array {
  return flat.subarray(offset, offset + elementCount(dims));
}
