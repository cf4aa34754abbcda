import { elementCount } from "../onnx.ts";
import { forEachIndex, offsetOf } from "../shape.ts";
import type { Tensor } from "./op-definition.ts";

/** The positions of a tensor's elements, grouped into the lines that run along one axis. */
export function linesAlong(tensor: Tensor, axis: number): readonly (readonly number[])[] {
  const kept = tensor.dims.with(axis, 1);
  const lines: number[][] = Array.from({ length: elementCount(kept) }, () => []);
  forEachIndex(tensor.dims, (index, flat) => lines[offsetOf(index, kept)]!.push(flat));
  return lines;
}

/** An axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
