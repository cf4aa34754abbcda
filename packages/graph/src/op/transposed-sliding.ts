import type { Sliding } from "./sliding.ts";

/** How far the last window reaches over the end of spatial axes of `sizes`; negative where positions are left over. */
export function overhang(
  { kernel, strides, dilations, before, lengths }: Sliding,
  sizes: readonly number[],
): readonly number[] {
  return lengths.map(
    (length, axis) =>
      (length - 1) * strides[axis]! +
      (kernel[axis]! - 1) * dilations[axis]! +
      1 -
      before[axis]! -
      sizes[axis]!,
  );
}

/**
 * The attributes with which ConvTranspose undoes the geometry of a sliding window: from the window's outputs back to
 * spatial axes of `sizes`, where what no window reaches stays 0.
 */
export function transposedSliding(
  sliding: Sliding,
  sizes: readonly number[],
): Readonly<Record<string, readonly number[]>> {
  const over = overhang(sliding, sizes);
  return {
    kernel_shape: sliding.kernel,
    strides: sliding.strides,
    dilations: sliding.dilations,
    pads: [...sliding.before, ...over.map((count) => Math.max(0, count))],
    output_padding: over.map((count) => Math.max(0, -count)),
  };
}
