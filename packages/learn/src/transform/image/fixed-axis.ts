import type { AxisKernel } from "./resize-kernel.ts";

/** Bits behind the point: 32 less 8 of a byte and 2 for kernels that swing over. Pillow's, on which its last bit depends. */
export const PRECISION = 22;
/** What sums begin with, so that they are rounded. */
export const HALF = 1 << (PRECISION - 1);

/** What resizing bytes reads of an axis. */
export type FixedAxis = AxisKernel;

/** Weights in fixed point, rounded half away from zero. */
export function fixedWeights({ weights }: FixedAxis): Int32Array {
  const out = new Int32Array(weights.length);
  for (let at = 0; at < out.length; at++)
    out[at] = Math.trunc(weights[at]! * (1 << PRECISION) + (weights[at]! < 0 ? -0.5 : 0.5));
  return out;
}

/** Whether rows are made first: where an image shrinks down and grows across, as Pillow 13 has it for speed. */
export function rowsFirst(down: FixedAxis, across: FixedAxis): boolean {
  return down.to < down.from && across.to > across.from;
}
