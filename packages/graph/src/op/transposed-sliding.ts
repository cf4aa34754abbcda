import type { Sliding } from "./sliding.ts";

/**
 * The attributes with which ConvTranspose undoes the geometry of a sliding window: from the window's outputs back to
 * spatial axes of `sizes`, where what no window reaches stays 0.
 */
export function transposedSliding(
  { kernel, strides, dilations, before, lengths }: Sliding,
  sizes: readonly number[],
): Readonly<Record<string, readonly number[]>> {
  // How far the last window reaches over the end of the input; negative where positions are left over.
  const over = lengths.map(
    (length, axis) =>
      (length - 1) * strides[axis]! +
      (kernel[axis]! - 1) * dilations[axis]! +
      1 -
      before[axis]! -
      sizes[axis]!,
  );
  return {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [...before, ...over.map((count) => Math.max(0, count))],
    output_padding: over.map((count) => Math.max(0, -count)),
  };
}
